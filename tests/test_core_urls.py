import pytest

from core.urls import normalise_url, origin_of, resolve, site_of, url_key


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("HTTP://Example.ORG:80/a", "http://example.org/a"),
        ("https://example.org:443", "https://example.org/"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org/a#part", "https://example.org/a"),
        ("https://example.org/a?utm_source=x&id=4&fbclid=y", "https://example.org/a?id=4"),
        ("https://example.org/a/../b/./c", "https://example.org/b/c"),
        ("https://example.org/%7euser/%e0%b8%81", "https://example.org/~user/%E0%B8%81"),
        ("https://example.org/ข่าว", "https://example.org/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7"),
        ("  https://example.org/two words ", "https://example.org/two%20words"),
        ("https://ไทย.example/a", "https://xn--o3cw4h.example/a"),
        ("https://example-org.cdn.ampproject.org/c/s/example.org/story", "https://example.org/story"),
        ("https://www.google.com/amp/s/example.org/story", "https://example.org/story"),
    ],
)
def test_an_address_has_one_normal_form(given: str, expected: str) -> None:
    assert normalise_url(given) == expected


@pytest.mark.parametrize(
    "url", ["https://Example.org/a?b=2&a=1#x", "http://example.org/%e4%b8%ad?x=%2f", "http://[2001:db8::1]:81/p"]
)
def test_normalising_twice_changes_nothing(url: str) -> None:
    assert normalise_url(normalise_url(url)) == normalise_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "//example.org/a",
        "http://",
        "http:///a",
        "ftp://example.org/a",
        "http://exa\tmple.org/",
        "http://a\\@b.org/",
        "http://example.org:99999/",
        "http://[::1/",
        "http://example.org/" + "a" * 3000,
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        normalise_url(url)


@pytest.mark.parametrize(
    "variant",
    [
        "http://example.org/news/story",
        "https://www.example.org/news/story/",
        "https://m.example.org/news/story?utm_medium=rss",
        "https://amp.example.org/news/story",
        "https://example.org/news/story/amp/",
        "https://example.org/news/story?amp=1",
        "https://example.org/news/story?outputType=amp",
        "https://example.org/news/story/index.html",
        "https://example.org:443/news/story?ref=rss#comments",
        "https://example.org/news/story?at_medium=RSS&at_campaign=KARANGA&ns_source=x",
    ],
)
def test_every_way_to_link_a_story_has_the_same_key(variant: str) -> None:
    assert url_key(variant) == "example.org/news/story"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/?p=1", "https://example.org/?p=2"),
        ("https://example.org/a?from=2026", "https://example.org/a"),
        ("https://news.example.org/a", "https://example.org/a"),
        ("https://example.org/champ", "https://example.org/ch"),
        ("https://example.org:8001/a", "https://example.org:8002/a"),
        ("https://example.org/a?id=A", "https://example.org/a?id=a"),
    ],
)
def test_different_pages_keep_different_keys(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


def test_the_order_of_parameters_does_not_matter() -> None:
    assert url_key("https://example.org/a?x=1&y=2") == url_key("https://example.org/a?y=2&x=1")


def test_a_short_domain_with_a_device_name_keeps_it() -> None:
    assert url_key("https://m.org/a") == "m.org/a"


def test_what_is_no_address_is_its_own_key() -> None:
    assert url_key(" tag:example.org,2026:7 ") == "tag:example.org,2026:7"


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://news.example.co.th/a", "example.co.th"),
        ("http://www.example.org:8080/", "example.org"),
        ("http://127.0.0.1:8001/feed", "http://127.0.0.1:8001"),
        ("http://localhost/feed", "http://localhost:80"),
        ("https://[::1]:9/", "https://[::1]:9"),
        ("http://10.1.2.3/", "http://10.1.2.3:80"),
        ("http://intranet/", "http://intranet:80"),
        ("http://8.8.8.8:81/", "8.8.8.8"),
    ],
)
def test_a_site_is_a_registrable_domain_or_a_private_port(url: str, site: str) -> None:
    assert site_of(url) == site


def test_a_relative_link_is_resolved_and_otherwise_left_alone() -> None:
    assert resolve("https://example.org/rss/all.xml", "../a?utm_source=x") == "https://example.org/a?utm_source=x"
    assert resolve("https://example.org/", " //cdn.example.org/b ") == "https://cdn.example.org/b"


@pytest.mark.parametrize(
    "link", [None, "", "  ", "javascript:alert(1)", "mailto:a@example.org", "data:text/html,x", "http://[bad"]
)
def test_a_link_to_no_page_resolves_to_none(link: str | None) -> None:
    assert resolve("https://example.org/", link) is None


def test_an_origin_always_names_its_port() -> None:
    assert origin_of("https://example.org/a") == "https://example.org:443"
