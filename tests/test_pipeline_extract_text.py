"""Where the article is on a page, and what its headline is."""

from __future__ import annotations

import pytest

from tests.pages import BODY, TITLE, page, read

LEDE = "The harbour board says that engines, piers and nerves of the islanders are mended at last."


def test_the_sentence_between_heading_and_text_belongs_to_the_article() -> None:
    text = f"<p class=lede>{LEDE}</p><figure><img src=x><figcaption>Parrots</figcaption></figure><div>{BODY}</div>"
    assert read(page(text=text)).text.startswith(LEDE)


def test_names_and_dates_between_heading_and_text_do_not() -> None:
    text = f"<div class=byline>By Ilse Quarrow</div><div>12 minutes ago</div><div>Port Lanter</div><div>{BODY}</div>"
    assert read(page(text=text)).text.startswith("The ferry between")


def test_an_article_in_pieces_is_read_whole() -> None:
    first, second, third = (f"<p>{part}" for part in BODY.split("<p>")[1:])
    inset = "<div class=inset><a href=x>Parrots of the harbour</a></div>"
    pieces = (
        f"<div class=piece>{first}</div>{inset}<div class=piece>{second}</div>{inset}<div class=piece>{third}</div>"
    )
    article = read(page(text=f"<section>{pieces}</section>"))
    assert article.text.count("\n\n") == 2 and "Parrots" not in article.text


def test_many_comments_are_not_the_article() -> None:
    words = "I have always said that parrots should travel free on every ferry that we have."
    comment = f"<div class=comment-body><p>{words}</p></div>"
    article = read(page(f"<div id=comments>{comment * 60}</div>"))
    assert "parrots" not in article.text and "240 passengers" in article.text


def test_hidden_text_stays_out_however_much_it_is() -> None:
    hidden = "<div itemprop=articleBody><p>Parrots travel free on every ferry that the harbour board has.</p></div>"
    article = read(page(f'<div style="visibility: hidden">{hidden * 60}</div>'))
    assert "Parrots" not in article.text and "240 passengers" in article.text


def test_a_page_whose_parts_are_all_named_as_noise_is_read() -> None:
    parts = "".join(f"<div class=promo-box>{part}</div>" for part in BODY.replace("</p>", "</p>\n").splitlines())
    assert "old town" in read(page(text=parts)).text


@pytest.mark.parametrize("tag", ["nav", "aside", "noscript"])
def test_an_element_that_is_never_closed_does_not_swallow_the_article(tag: str) -> None:
    markup = (
        f"<html><head><title>{TITLE}</title></head><body><{tag}><a href=x>Home</a><div><h1>{TITLE}</h1>{BODY}</div>"
    )
    assert "240 passengers" in read(markup).text


def test_readings_above_characters_stay_out() -> None:
    text = (
        "<p><ruby>渡船<rt>とせん</rt></ruby>は月曜日に再開すると港湾局が金曜日に発表した。修理は一か月かかった。</p>"
        * 3
    )
    assert "とせん" not in read(page(text=text, title="渡船が再開する", language="ja")).text


def test_tables_of_figures_keep_their_rows() -> None:
    table = "<table><tr><th>Crossing</th><th>Passengers</th></tr><tr><td>Morning</td><td>240</td></tr></table>"
    assert "Crossing | Passengers\n\nMorning | 240" in read(page(text=BODY + table + BODY)).text


def test_posts_that_are_quoted_are_part_of_the_article() -> None:
    words = "<p>We sail on Monday, and on every day after it.</p>"
    post = f"<div class=social-embed><blockquote class=twitter-tweet>{words}</blockquote></div>"
    assert "every day after it" in read(page(text=BODY + post + BODY)).text


def head_of(title: str, og: str = "", site: str = "Lanter Post") -> str:
    shared = f'<meta property="og:title" content="{og}">' if og else ""
    return f'<title>{title}</title>{shared}<meta property="og:site_name" content="{site}">'


@pytest.mark.parametrize(
    ("head", "headings", "title"),
    [
        (
            head_of("Ferry sails. | Lanter Post", "Ferry sails."),
            "<h1>Lanter Post</h1><h2>Ferry sails.</h2>",
            "Ferry sails.",
        ),
        (head_of("Lanter Post » Ferry sails again"), "<h1>News</h1><h2>Ferry sails again</h2>", "Ferry sails again"),
        (
            head_of("x", "After the repair: Ferry sails again"),
            "<h1><span>After the repair</span><span>Ferry sails again</span></h1>",
            "After the repair: Ferry sails again",
        ),
        (head_of("Ferry sails again | Lanter Post"), "<h1>Ferry sails again | Lanter Post</h1>", "Ferry sails again"),
        (head_of("Pas\xadsen\xadgers sail again"), "<h1>Pas\xadsen\xadgers sail again</h1>", "Passengers sail again"),
        (
            '<title>x</title><script type="application/ld+json">'
            '{"@type":"NewsArticle","headline":"Piers &amp; ferries"}</script>',
            "",
            "Piers & ferries",
        ),
    ],
)
def test_the_headline_is_what_heading_and_head_agree_on(head: str, headings: str, title: str) -> None:
    assert read(f"<html><head>{head}</head><body>{headings}{BODY}</body></html>").title == title
