"""What holds for any text whatever."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.model import Post, Reading, Status
from monitor.parse.reader import Grammar, compile_grammar, read
from monitor.settings import load_tables
from tests.parse.conftest import totals

TABLES = load_tables()
GRAMMAR: Grammar = compile_grammar(TABLES.languages, TABLES.categories)
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

PIECES = st.sampled_from(
    [
        "Загальні бойові втрати противника",
        "з",
        "24.02.22",
        "по",
        "14.06.24",
        "танків",
        "‒",
        "-",
        "7945",
        "(+9)",
        "(",
        ")",
        "+",
        "од.",
        ",",
        ".",
        ";",
        ":",
        "\n",
        "\n\n",
        "РСЗВ",
        "літаків\nВсего с начала проведения специальной военной операции уничтожены",
        "самолета и вертолета",
        "БПЛА",
        "за добу",
        "за сутки",
        "тис.",
        "млн\nsince the start of the invasion",
        "killed",
        "children",
        "including",
        "about",
        "понад",
        "до",
        "1 276 810",
        "10, 328",
        "24,7",
        "п'ять",
        "двадцать",
        "/",
        "%",
        "**",
        "__\n[",
        "](https://example.org)",
        "<b>",
        "</b>",
        "&nbsp;",
        "\u200b",
        "️",
        "🔻",
        "7️⃣",
        "٣",
        "②",
        "²",
        "й",
        "İ",
        "�",
        "'",
        '"',
        "?",
        "!",
        "…",
        "UPD",
        "from 4 to 5",
        "34/44",
        "12:30",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=300), st.lists(PIECES, max_size=60).map(" ".join), st.lists(PIECES, max_size=60).map("".join)
)
SLUGS = ("tanks", "afv", "mlrs", "aircraft", "uav", "artillery", "personnel_losses", "submarines")
LABELS = {
    "uk": "танків|бойових броньованих машин|РСЗВ|літаків|БПЛА|артилерійських систем|особового складу|підводні човни",
    "ru": "танков|боевых бронированных машин|РСЗО|самолетов|БПЛА|артиллерийских систем|личного состава|подводных лодок",
    "en": "tanks|APV|MLRS|aircraft|UAV|artillery systems|personnel|submarines",
}
CATEGORIES = {code: dict(zip(SLUGS, labels.split("|"), strict=True)) for code, labels in LABELS.items()}
HEADERS = {
    "uk": "Загальні бойові втрати противника з 24.02.22 по 14.06.24 орієнтовно склали:",
    "ru": "Общие боевые потери противника с 24.02.22 по 14.06.24:",
    "en": "The total combat losses of the enemy from 24.02.22 to 14.06.24 were approximately:",
}
FIGURES = st.dictionaries(
    st.sampled_from(sorted(CATEGORIES["uk"])),
    st.tuples(st.integers(0, 9_999_999), st.none() | st.integers(-99, 9_999)),
    min_size=1,
)
GROUPINGS = st.sampled_from(["", " ", "\u00a0", ",", "\u202f"])
DASHES = st.sampled_from([" ‒ ", " – ", " - ", " — ", ": ", "‒ "])
PARAGRAPHS = st.sampled_from(
    [
        "Слава Україні!",
        "Наші воїни тримають оборону на всіх ділянках фронту.",
        "Над Києвом пролунала тривога о 12:30.",
        "Підписатися на канал: https://t.me/example/123",
        "Our strength is in the truth!",
        "В музее открылась выставка картин.",
    ]
)


def parse(text: str) -> Reading:
    return read(Post("here", "1", text), GRAMMAR)


def rendered(figures: dict[str, tuple[int, int | None]], language: str, dash: str, grouping: str) -> list[str]:
    lines = []
    for category, (value, delta) in figures.items():
        change = "" if delta is None else f" ({delta:+d})"
        lines.append(f"{CATEGORIES[language][category]}{dash}{value:,}{change}".replace(",", grouping))
    return lines


@RELAXED
@given(TEXTS)
def test_no_text_raises_and_what_is_quoted_stands_there(text):
    found = parse(text)
    for claim in found.claims:
        start, end = claim.span
        assert 0 <= start < end <= len(text)
        assert claim.quote in text
        assert text[start:end].split("\n")[0] in claim.quote
    for mention in found.mentions:
        assert mention.quote in text
    for unread in found.unread:
        assert text[slice(*unread.span)] == unread.text


@RELAXED
@given(TEXTS)
def test_at_most_one_claim_of_a_tally_and_a_status_that_fits(text):
    found = parse(text)
    keys = [(claim.category, claim.scope, claim.subject, claim.place) for claim in found.claims]
    assert len(keys) == len(set(keys))
    assert (found.status is Status.TALLY) == bool(found.claims)


@RELAXED
@given(TEXTS)
def test_reading_twice_says_the_same(text):
    assert parse(text) == parse(text)
    fresh = compile_grammar(TABLES.languages, TABLES.categories)
    assert read(Post("here", "1", text), fresh) == parse(text)


@RELAXED
@given(FIGURES, st.sampled_from(["uk", "ru", "en"]), DASHES, GROUPINGS)
def test_figures_rendered_into_a_list_come_back(figures, language, dash, grouping):
    found = parse("\n".join([HEADERS[language], *rendered(figures, language, dash, grouping)]))
    assert {c.category: (c.value, c.delta) for c in found.claims} == figures
    assert found.unread == ()
    assert {claim.scope.value for claim in found.claims} == {"total"}


@RELAXED
@given(FIGURES, st.sampled_from(["uk", "ru", "en"]), st.randoms())
def test_shuffling_the_lines_changes_the_order_only(figures, language, dice):
    lines = rendered(figures, language, " ‒ ", "")
    shuffled = list(lines)
    dice.shuffle(shuffled)
    one, other = parse("\n".join([HEADERS[language], *lines])), parse("\n".join([HEADERS[language], *shuffled]))
    assert {(c.category, c.value, c.delta) for c in one.claims} == {
        (c.category, c.value, c.delta) for c in other.claims
    }


@RELAXED
@given(FIGURES, st.sampled_from(["uk", "ru", "en"]), PARAGRAPHS, st.booleans())
def test_an_unrelated_paragraph_changes_no_claim_of_the_list(figures, language, paragraph, before):
    body = "\n".join([HEADERS[language], *rendered(figures, language, " ‒ ", "")])
    with_it = f"{paragraph}\n\n{body}" if before else f"{body}\n\n{paragraph}"
    strip = [(c.category, c.value, c.delta, c.scope, c.as_of, c.quote) for c in parse(body).claims]
    assert [(c.category, c.value, c.delta, c.scope, c.as_of, c.quote) for c in parse(with_it).claims] == strip


@RELAXED
@given(FIGURES, st.sampled_from(["uk", "ru", "en"]))
def test_losses_never_come_out_as_killed(figures, language):
    found = parse("\n".join([HEADERS[language], *rendered(figures, language, " ‒ ", "")]))
    assert not any(claim.category.endswith("_killed") for claim in found.claims)


@RELAXED
@given(TEXTS)
def test_every_line_with_a_digit_ends_in_one_named_place(text):
    found = parse(text)
    spans = [claim.span for claim in found.claims] + [mention.span for mention in found.mentions]
    spans += [unread.span for unread in found.unread] + [span for _, span in found.ignored]
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if any(character in "0123456789" for character in line):
            assert any(first <= end and last >= start for first, last in spans), line
        start = end + 1


def test_a_shape_that_is_remembered_reads_as_one_that_is_not():
    dice = random.Random(7)  # noqa: S311 - figures for a test
    for _ in range(200):
        value, delta = dice.randrange(10 ** dice.randrange(1, 7)), dice.randrange(10 ** dice.randrange(1, 4))
        text = f"Total combat losses of the enemy:\ntanks ‒ {value} (+{delta})"
        assert [(c.value, c.delta) for c in parse(text).claims] == [(value, delta)]


@pytest.mark.parametrize(
    "piece", ["1 ", "(", "(+1)", "танків ", "двадцять п'ять ", "[a](", "<a ", "71\nтанк\n", "й\u0301"]
)
def test_a_text_without_end_is_read_up_to_a_limit_and_the_rest_is_unread(piece):
    text = (piece * (100_000 // len(piece)))[:100_000]
    found = parse(text)
    assert found.unread[0].span[1] == len(text) or found.unread[-1].span[1] == len(text)
    assert not [claim for claim in found.claims if claim.scope == "total"]


@pytest.mark.parametrize("piece", ["1 ", "(", "сто ", "5 танків ", "from 4 to 5 ", "й\u0301\u0301\u0301", "слово "])
@pytest.mark.parametrize("width", [300, 1_200, 2_500])
def test_lines_without_end_cost_linear_time(piece, width):
    text = lines_without_end(piece, width)
    began = time.process_time()
    parse(text)
    assert time.process_time() - began < 0.3  # 0.1 s on a quiet machine


def test_lines_without_end_are_read_up_to_a_limit_and_the_rest_is_unread():
    text = lines_without_end("5 танків ", 1_200)
    found = parse(text)
    assert (found.unread[0].span[0] < 20_000, found.unread[0].span[1]) == (True, len(text))


def lines_without_end(piece, width):
    """Return 100 kB in lines of this width, no two of which are remembered as one."""
    base = piece * (width // len(piece))
    return "\n".join(base[:-at] + "я" * at for at in range(1, min(100_000 // width, width // 2)))


def test_a_long_article_is_read_to_its_end():
    paragraph = "Слова, які нічого не рахують і нікого не називають, стоять тут рядок за рядком.\n"
    assert totals(parse(paragraph * 150 + "Загальні бойові втрати противника:\nтанків ‒ 7945 (+9)")) == {"tanks": 7945}
