from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.addresses import AddressRefused, Permit, check_url, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "100.64.0.1", "100.100.100.200", "169.254.169.254", "192.0.0.1", "192.0.2.1", "198.51.100.1", "203.0.113.1",
        "198.18.0.1", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::2",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1",
        "2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:0:a00:1::f7f7:f7f7", "100::1",
        "2001:db8::1", "2001:10::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0",
        "fec0::1", "ff02::1", "nonsense", "", "1.2.3", "01.2.3.4",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_an_address_that_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org", "https://example.org/a?b=c#d", "HTTPS://Example.ORG:443/", "http://example.org:80/x",
        "https://xn--bcher-kva.example", "https://bücher.example/", "https://1.1.1.1/", "http://[2606:4700::1111]/",
        "https://example.org./feed", "https://a_b.example.org/", "https://news.example.org/@desk/1", "https://example.org?u=a@b",
    ],
)  # fmt: skip
def test_a_url_that_may_be_fetched(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127", "0", "0.0.0.0", "2130706433", "017700000001",
        "0x7f000001", "0x7f.1", "0x7f.0.0.1", "0177.0.0.1", "0177.1", "127.0.0.01", "127.000.000.001",
        "00127.0.0.1", "0X7F.0X0.0.1", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1",
        "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[fe80::1]", "[fe80::1%25eth0]", "[fe80::1%eth0]",
        "[fc00::1]", "[::1", "[1.2.3.4]", "[v1.x]", "localhost", "LOCALHOST", "localhost.", "foo.localhost",
        "localhost.localdomain", "printer.local", "metadata.google.internal", "router.lan", "intranet",
        "ⓛocalhost", "ｌｏｃａｌｈｏｓｔ", "ﬁle.example", "169.254.169.254", "2852039166", "0xa9fea9fe",
        "100.100.100.200", "10.0.0.1", "192.168.0.1", "172.16.5.4", "4294967295", "99999999999",
        "256.1.1.1", "1.2.3.4.5", "example.127", "foo.0x7f", "-a.example", "a..example", ".example",
        "exa%6dple.org", "a,b.example",
    ],
)  # fmt: skip
def test_a_host_that_is_refused_in_every_spelling(host: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(f"http://{host}/")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "only http"),
        ("/etc/passwd", "only http"),
        ("ftp://example.org/", "only http"),
        ("javascript:alert(1)", "only http"),
        ("data:text/html,x", "only http"),
        ("//example.org/", "only http"),
        ("", "only http"),
        ("http:example.org", "no host"),
        ("http:/example.org", "no host"),
        ("http:///example.org", "no host"),
        ("http://", "no host"),
        ("http://user@example.org/", "user name"),
        ("http://example.org@127.0.0.1/", "user name"),
        ("http://@example.org/", "user name"),
        ("http://example.org\\@127.0.0.1/", "backslash"),
        ("http://127.0.0.1\\.example.org/", "backslash"),
        ("http://example.org/a b", "space"),
        (" http://example.org/", "space"),
        ("http://example.org/\r\nHost: x", "space"),
        ("http://exam\tple.org/", "space"),
        ("http://127.0.0.1\u200b/", "invisible"),
        ("http://example.org:99999/", "port"),
        ("http://example.org:x/", "port"),
        ("http://example.org:22/", "port 22"),
        ("http://example.org:8080/", "port 8080"),
        ("http://example.org:0/", "port 0"),
        ("http://example.org/" + "a" * 3000, "longer"),
    ],
)
def test_a_url_is_refused_with_its_reason(url: str, reason: str) -> None:
    with pytest.raises(AddressRefused, match=reason):
        check_url(url)


def test_configured_ports_are_open() -> None:
    check_url("http://example.org:8080/", ports={80, 443, 8080})


def test_a_permit_opens_one_scheme_host_and_port() -> None:
    permit = Permit.of("http://127.0.0.1:8123/feed.xml")
    check_url("http://127.0.0.1:8123/article", permits=[permit])
    for url in (
        "https://127.0.0.1:8123/",
        "http://127.0.0.1:8124/",
        "http://127.0.0.2:8123/",
        "http://127.1:8123/",
        "http://localhost:8123/",
    ):
        with pytest.raises(AddressRefused):
            check_url(url, permits=[permit])


def test_a_permit_knows_what_it_covers() -> None:
    assert Permit.of("http://Desk.internal/a").covers("http://desk.internal:80/b")
    assert not Permit.of("http://desk.internal/a").covers("file:///a")


def test_a_permit_is_not_made_of_an_odd_spelling() -> None:
    with pytest.raises(AddressRefused):
        Permit.of("http://0x7f.1/")


def test_an_error_shows_no_password_and_no_query() -> None:
    with pytest.raises(AddressRefused) as caught:
        check_url("http://user:hunter2@example.org/?token=geheim")
    assert "hunter2" not in str(caught.value) and "geheim" not in str(caught.value)


@given(st.integers(0, 2**32 - 1))
def test_an_address_inside_another_is_judged_like_itself(number: int) -> None:
    plain = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    assert is_public(f"::ffff:{plain}") == is_public(f"64:ff9b::{plain}") == is_public(plain)


@given(st.text(alphabet=st.one_of(st.sampled_from("http://[]@:.%\\127x0①。a"), st.characters()), max_size=40))
def test_any_text_is_allowed_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://{text}/"):
        try:
            check_url(url)
        except AddressRefused:
            pass
