from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.collect.files import read_posts
from monitor.demo.preview import PreviewPost
from monitor.demo.preview_html import message, page, wrapped
from monitor.errors import InputError
from monitor.model import Post
from tests.collect.preview import CHANNEL, NAME, START

WHEN = "2026-08-08T06:00:00+00:00"


def read(path: Path, chat: str = "") -> tuple[list[Post], list[str]]:
    """Return the posts and what was said about the rest."""
    items = list(read_posts(path, channel=CHANNEL, chat=chat))
    return [item for item in items if isinstance(item, Post)], [
        str(item) for item in items if not isinstance(item, Post)
    ]


def lines(path: Path, *objects: object) -> Path:
    path = path / "posts.jsonl"
    texts = [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in objects]
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def line(number: object, hours: int = 0, **more: object) -> dict[str, object]:
    published_at = (START + timedelta(hours=hours)).isoformat()
    return {"id": number, "text": f"Танки: {number}", "published_at": published_at, **more}


# ── JSON Lines ────────────────────────────────────────────────────────────────────────────


def test_a_line_becomes_a_post(tmp_path: Path):
    more = {
        "title": "Втрати",
        "lang": "uk",
        "media": ["photo"],
        "url": "https://t.me/x/7",
        "channel": "@generalstaffua",
    }
    posts, faults = read(lines(tmp_path, line(7, **more, edited_at="2022-03-01T09:00:00+02:00")))
    assert faults == []
    assert posts == [
        Post(
            channel=CHANNEL.key,
            id="7",
            text="Танки: 7",
            published_at=START,
            edited_at=datetime(2022, 3, 1, 7, tzinfo=UTC),
            url="https://t.me/x/7",
            title="Втрати",
            lang="uk",
            media=("photo",),
        )
    ]


def test_posts_come_oldest_first_whatever_the_order_of_the_lines(tmp_path: Path):
    shuffled = [line(number, number // 3) for number in (each * 37 % 100 for each in range(100))]
    posts, faults = read(lines(tmp_path, *shuffled))
    assert [post.id for post in posts] == [str(number) for number in range(100)]
    assert faults == []


BAD_LINES = {
    "no JSON at character 9": '{"id": ',
    "one object a line is expected": "[1, 2]",
    "the id is missing": {"text": "т", "published_at": WHEN},
    "the id is missing: every post": {"id": True, "text": "т", "published_at": WHEN},
    "the text is missing": {"id": 1, "published_at": WHEN},
    "published_at is missing": {"id": 1, "text": "т"},
    "published_at '2026-08-08T06:00:00' has no zone": {"id": 1, "text": "т", "published_at": "2026-08-08T06:00:00"},
    "published_at 'gestern' is no moment": {"id": 1, "text": "т", "published_at": "gestern"},
    "text holds half a character (a lone surrogate)": '{"id": 1, "text": "\\ud83d", "published_at": "' + WHEN + '"}',
    "it is of channel 'somebody', not GeneralStaffUA": line(1, channel="somebody"),
    "no usable JSON": '{"id": 1, "text": ' + "[" * 100_000,
}


@pytest.mark.parametrize(("says", "bad"), BAD_LINES.items(), ids=list(BAD_LINES))
def test_a_bad_line_is_reported_with_its_number_and_the_others_are_read(tmp_path: Path, says: str, bad: object):
    posts, faults = read(lines(tmp_path, line(1), bad, line(3, 1)))
    assert [post.id for post in posts] == ["1", "3"]
    (fault,) = faults
    assert f"posts.jsonl, line 2: {says}" in fault


def test_bad_lines_are_reported_in_an_unsorted_file_too(tmp_path: Path):
    posts, faults = read(lines(tmp_path, line(3, 3), "{", line(1, 1), {"id": 9}, line(2, 2)))
    assert [post.id for post in posts] == ["1", "2", "3"]
    assert ["line 2" in faults[0], "line 4" in faults[1]] == [True, True]


def test_bytes_that_are_no_utf8_cost_one_line(tmp_path: Path):
    path = tmp_path / "posts.jsonl"
    good = json.dumps(line(1)).encode()
    path.write_bytes(good + b'\n{"id": 2, "text": "\xcf\xf0\xe8"}\r\n' + good.replace(b"1,", b"3,", 1) + b"\r\n\r\n")
    posts, faults = read(path)
    assert [post.id for post in posts] == ["1", "3"]
    assert "line 2: byte 20 is not UTF-8" in faults[0]


def test_an_overlong_line_costs_itself_only(tmp_path: Path):
    posts, faults = read(lines(tmp_path, line(1), line(2, text="т" * 4_000_000), line(3, 1)))
    assert [post.id for post in posts] == ["1", "3"]
    assert "line 2: the line is longer than 4 MB" in faults[0]


def test_a_mark_of_byte_order_and_blank_lines_are_no_fault(tmp_path: Path):
    path = tmp_path / "posts.jsonl"
    path.write_text("\ufeff\n" + json.dumps(line(1)) + "\n\n", encoding="utf-8")
    assert [post.id for post in read(path)[0]] == ["1"]
    path.write_text("\ufeff" + json.dumps(line(2)), encoding="utf-8")
    assert read(path) == ([post for post in read(path)[0] if post.id == "2"], [])


def test_a_bare_date_keeps_its_day(tmp_path: Path):
    posts, _ = read(lines(tmp_path, line("gs-1", published_at="2024-03-21")))
    assert posts[0].published_at == datetime(2024, 3, 21, 12, tzinfo=UTC)


# ── Telegram Desktop ──────────────────────────────────────────────────────────────────────


def exported(number: int, text: object = "", **more: object) -> dict[str, object]:
    moment = START + timedelta(hours=number)
    return {
        "id": number,
        "type": "message",
        "date": moment.strftime("%Y-%m-%dT%H:%M:%S"),
        "date_unixtime": str(int(moment.timestamp())),
        "from": "Штаб",
        "from_id": "channel1223955273",
        "text": text,
        "text_entities": [],
        **more,
    }


def export(folder: Path, *messages: object, **chat: object) -> Path:
    path = folder / "result.json"
    whole = {"name": "Штаб", "type": "public_channel", "id": 1223955273, **chat, "messages": list(messages)}
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def account(folder: Path) -> Path:
    path = folder / "result.json"
    chats = [
        {"name": name, "type": "public_channel", "id": number, "messages": [exported(number, name)]}
        for name, number in (("Один", 11), ("Два", 22), ("Два", 33))
    ]
    whole = {
        "about": "Here is the data",
        "contacts": {"about": "…", "list": [{"first_name": "messages", "x": "}{]["}]},
        "chats": {"about": "…", "list": chats[:2]},
        "left_chats": {"about": "…", "list": chats[2:]},
    }
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def test_an_exported_message_becomes_a_post(tmp_path: Path):
    pieces = [
        "Танки ",
        {"type": "bold", "text": "12"},
        {"type": "text_link", "text": " тут", "href": "https://x"},
        "\n+1",
    ]
    more = {"edited": "x", "edited_unixtime": "1646118000", "reply_to_message_id": 5, "forwarded_from": "Хтось"}
    posts, faults = read(export(tmp_path, exported(7, pieces, photo="photos/1.jpg", **more)))
    assert faults == []
    assert posts == [
        Post(
            channel=CHANNEL.key,
            id="7",
            text="Танки 12 тут\n+1",
            published_at=START + timedelta(hours=7),
            edited_at=datetime(2022, 3, 1, 7, tzinfo=UTC),
            url=f"https://t.me/{NAME}/7",
            media=("photo",),
            forwarded_from="Хтось",
            reply_to="5",
        )
    ]


@pytest.mark.parametrize(
    ("fields", "media"),
    [
        ({"file": "x", "media_type": "video_file"}, ("video",)),
        ({"file": "x", "media_type": "voice_message"}, ("voice",)),
        ({"file": "x", "media_type": "sticker"}, ("sticker",)),
        ({"file": "(File not included. Change data exporting settings to download.)"}, ("document",)),
        ({"poll": {"question": "?"}}, ("poll",)),
        ({"location_information": {}}, ("location",)),
        ({}, ()),
    ],
)
def test_exported_media_are_named_as_on_the_page(tmp_path: Path, fields: dict[str, object], media: tuple[str, ...]):
    assert read(export(tmp_path, exported(7, "т", **fields)))[0][0].media == media


def test_a_text_that_stands_only_in_its_entities_is_read(tmp_path: Path):
    (post,), _ = read(export(tmp_path, exported(7, "", text_entities=[{"type": "plain", "text": "Танки 12"}])))
    assert post.text == "Танки 12"


def test_messages_of_one_second_with_media_are_one_album(tmp_path: Path):
    same = exported(0)["date_unixtime"]
    items = [exported(number, "", photo="x", date_unixtime=same) for number in (10, 11, 12)]
    items[1]["text"] = "Підпис"
    posts, _ = read(export(tmp_path, *items, exported(13, "Інше", photo="x")))
    assert [(post.id, post.text, post.album) for post in posts] == [("10", "Підпис", ("11", "12")), ("13", "Інше", ())]


@pytest.mark.parametrize(
    "second",
    [
        exported(1, "", photo="x"),  # an hour later
        exported(0, "", photo="x") | {"id": 2},  # with an id in between
        exported(0, "", photo="x", forwarded_from="Хтось") | {"id": 1},
        exported(0, "") | {"id": 1},  # without media
        exported(0, "Ще", photo="x") | {"id": 1},  # with a text of its own
    ],
)
def test_what_only_resembles_an_album_stays_apart(tmp_path: Path, second: dict[str, object]):
    posts, _ = read(export(tmp_path, exported(0, "Підпис", photo="x"), second))
    assert len(posts) == 2


def test_service_messages_are_no_posts_and_what_the_export_leaves_out_is_reported(tmp_path: Path):
    service = {"id": 1, "type": "service", "date_unixtime": "1646110800", "action": "create_channel"}
    posts, faults = read(export(tmp_path, service, exported(2, "т"), {"id": 3, "type": "unsupported"}))
    assert [post.id for post in posts] == ["2"]
    assert "message 3 was left out: the export does not contain this kind of message" in faults[0]


def test_an_export_without_zones_says_how_to_do_better(tmp_path: Path):
    old = exported(1, "т")
    del old["date_unixtime"]
    posts, faults = read(export(tmp_path, old, exported(2, "т")))
    assert [post.id for post in posts] == ["2"]
    assert "message 1 was left out: it has no date_unixtime" in faults[0]
    assert "export again" in faults[0]


def test_known_damage_of_an_export_is_repaired(tmp_path: Path):
    path = export(
        tmp_path, exported(1, "раз@два"), exported(2, "т", sticker={"document_id": "@"}), exported(3, "три\\x41")
    )
    text = path.read_text(encoding="utf-8").replace("раз@два", r"раз\x0bдва").replace('"@"', "video_files/x.webm")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    posts, faults = read(path)
    assert faults == []
    assert [post.text for post in posts] == ["раз\x0bдва", "т", "три\\x41"]


def test_damage_beyond_repair_costs_one_message(tmp_path: Path):
    path = export(tmp_path, exported(1, "т"), exported(2, "@"), exported(3, "т"))
    path.write_text(path.read_text(encoding="utf-8").replace('"@"', "nul"), encoding="utf-8")
    posts, faults = read(path)
    assert [post.id for post in posts] == ["1", "3"]
    assert "a message was left out" in faults[0]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.999])
def test_a_truncated_export_yields_all_that_is_whole_and_says_where_it_ends(tmp_path: Path, share: float):
    path = export(tmp_path, *(exported(number, "т" * 50) for number in range(1, 200)))
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: int(len(whole) * share)], encoding="utf-8")
    posts, faults = read(path)
    cut = path.read_text(encoding="utf-8")
    assert [int(post.id) for post in posts] == list(range(1, cut.count("\n  }") + 1))
    assert f"line {cut.count(chr(10), 0, cut.rindex('{')) + 1}: the file ends in the middle" in faults[0]


def test_in_an_export_of_an_account_the_chat_has_to_be_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"several chats\. Nothing was read.*Один \(11\); Два \(22\); Два \(33\)"):
        read(account(tmp_path))


@pytest.mark.parametrize(("chat", "ids"), [("11", ["11"]), ("один", ["11"]), ("33", ["33"])])
def test_a_chat_of_an_account_is_found_by_name_or_number(tmp_path: Path, chat: str, ids: list[str]):
    posts, faults = read(account(tmp_path), chat)
    assert ([post.id for post in posts], faults) == (ids, [])


@pytest.mark.parametrize("chat", ["Два", "Три"])
def test_a_name_that_is_no_single_chat_is_refused(tmp_path: Path, chat: str):
    with pytest.raises(InputError, match="Name one of these"):
        read(account(tmp_path), chat)


def test_an_export_of_50_mb_is_read_in_a_few(tmp_path: Path):
    path = tmp_path / "result.json"
    with path.open("w", encoding="utf-8") as file:
        file.write('{"name": "Штаб", "type": "public_channel", "id": 1, "messages": [\n')
        for number in range(1, 15_001):
            file.write(
                ("," if number > 1 else "") + json.dumps(exported(number, "танки " * 300), ensure_ascii=False) + "\n"
            )
        file.write("]}")
    assert path.stat().st_size > 50_000_000
    tracemalloc.start()
    count = sum(isinstance(item, Post) for item in read_posts(path, channel=CHANNEL))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 15_000
    assert peak < 6_000_000


def test_sorted_lines_of_20_mb_are_read_in_a_few(tmp_path: Path):
    path = tmp_path / "posts.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(1, 10_001):
            file.write(json.dumps(line(number, number, text="танки " * 200), ensure_ascii=False) + "\n")
    tracemalloc.start()
    count = sum(isinstance(item, Post) for item in read_posts(path, channel=CHANNEL))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 10_000
    assert peak < 2_000_000


# ── saved pages ───────────────────────────────────────────────────────────────────────────


def saved(*numbers: int) -> str:
    posts = [PreviewPost(number, f"Танки: {number}", START + timedelta(hours=number)) for number in numbers]
    blocks = [wrapped(message(NAME, "Штаб", post, "", token=1)) for post in posts]
    return page(NAME, "Штаб", blocks, before=None, after=None, canonical=1)


def test_a_folder_of_saved_pages_is_read_oldest_first_and_a_bad_page_is_named(tmp_path: Path):
    (tmp_path / "a.html").write_text(saved(21, 22), encoding="utf-8")
    (tmp_path / "b.htm").write_text(saved(1, 2, 3), encoding="utf-8")
    (tmp_path / "c.html").write_text(saved(5, 6)[:-400], encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no page", encoding="utf-8")
    posts, faults = read(tmp_path)
    assert [post.id for post in posts] == ["1", "2", "3", "21", "22"]
    assert "c.html" in faults[0]
    assert "cut off" in faults[0]


def test_a_single_saved_page_is_read(tmp_path: Path):
    (tmp_path / "a.html").write_text(saved(21, 22), encoding="utf-8")
    assert [post.text for post in read(tmp_path / "a.html")[0]] == ["Танки: 21", "Танки: 22"]


# ── what is neither ───────────────────────────────────────────────────────────────────────


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path):
    with pytest.raises(InputError, match=r"none\.json.*No such file"):
        read(tmp_path / "none.json")


def test_a_folder_without_pages_is_an_input_error(tmp_path: Path):
    with pytest.raises(InputError, match="no saved pages"):
        read(tmp_path)


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path):
    path = tmp_path / "empty"
    path.touch()
    assert "the file is empty" in read(path)[1][0]


def test_another_kind_of_file_is_an_input_error(tmp_path: Path):
    path = tmp_path / "x"
    path.write_bytes(b"PK\x03\x04 not text")
    with pytest.raises(InputError, match="neither JSON Lines"):
        read(path)


def test_an_object_without_messages_is_no_export(tmp_path: Path):
    path = tmp_path / "x.json"
    path.write_text('{\n "id": 1,\n "text": "т"\n}', encoding="utf-8")
    with pytest.raises(InputError, match="no chat with messages"):
        read(path)


TOKENS = [
    '{"name":"x","id":1,"messages":[',
    "{\n",
    '"id": 1',
    '"text": ',
    *'"[]{},:7\\\n',
    "\\x0b",
    "nul",
    '"chats": {"list": [',
]
WHOLE = [json.dumps(exported(3, "т")), json.dumps(line(4)), "<html>", "\u00ed\u00a0\u00bd"]
PIECES = st.sampled_from([*TOKENS, *WHOLE])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(), st.lists(PIECES).map(lambda pieces: "".join(pieces).encode())))
def test_any_file_gives_posts_faults_or_an_input_error(tmp_path: Path, content: bytes):
    path = tmp_path / "any"
    path.write_bytes(content)
    try:
        items = list(read_posts(path, channel=CHANNEL))
    except InputError:
        return
    assert all(isinstance(item, Post | InputError) for item in items)
