"""What the desk is told of a post: once, as news; then only what changes about it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.newsroom import FIRST, SECOND, UNREADABLE, daily_list, newsroom, on, watching


async def told_first_list(room, **figures):
    """Publish the first list and return (id of the post, its alert)."""
    (alert,) = await room.post(daily_list(0, **(figures or {"tanks": 100, "afv": 200, "mlrs": 30})), on(0))
    return room.numbers[FIRST], alert


# ── news ──────────────────────────────────────────────────────────────────────────────────


async def test_the_first_total_after_watching_began_is_new(tmp_path):
    async with watching(tmp_path) as room:
        post, alert = await told_first_list(room)
        assert (alert.severity, alert.reason, alert.post) == ("routine", "new", str(post))
        assert room.kinds(post) == ["new", "new", "new"]


async def test_the_next_list_tells_what_moved_and_counts_what_did_not(tmp_path):
    async with watching(tmp_path) as room:
        await told_first_list(room)
        (alert,) = await room.post(daily_list(1, tanks=105, afv=200, mlrs=31), on(1))
        assert alert.reason == "rise"
        assert "105 (+5)" in alert.text
        assert "No change: armoured vehicles 200" in alert.text


async def test_a_list_that_states_only_what_is_held_is_silent(tmp_path):
    async with watching(tmp_path) as room:
        await told_first_list(room)
        assert await room.post(daily_list(1, tanks=100, afv=200, mlrs=30), on(1)) == []


async def test_a_post_is_told_once_however_often_it_is_read(tmp_path):
    async with watching(tmp_path) as room:
        await told_first_list(room)
        assert await room.read() == []
        assert await room.read() == []


async def test_a_line_of_the_last_seven_lists_that_is_not_there_is_missing(tmp_path):
    async with watching(tmp_path) as room:
        for day in range(7):
            await room.post(daily_list(day, tanks=100 + day, afv=200 + day, mlrs=30 + day), on(day))
        (alert,) = await room.post(daily_list(7, tanks=107, afv=207), on(7))
        assert room.kinds(room.numbers[FIRST])[-1] == "missing"
        assert "MLRS" in alert.text


async def test_a_missing_line_is_told_even_if_all_others_stand_where_they_stood(tmp_path):
    async with watching(tmp_path) as room:
        for day in range(7):
            await room.post(daily_list(day, tanks=100 + day, afv=200 + day, mlrs=30 + day), on(day))
        (alert,) = await room.post(daily_list(7, tanks=106, afv=206), on(7))
        assert alert.reason == "missing"


def without_number(day: int) -> str:
    """Return a list whose line of rocket launchers has lost its number."""
    return daily_list(day, tanks=105, afv=200, mlrs=30).replace("РСЗВ ‒ 30 од.", "РСЗВ ‒ (+2) од.")


@pytest.mark.parametrize("again_on", [FIRST, SECOND])
async def test_a_number_that_a_list_left_out_is_told_once_however_often_the_list_is_posted(tmp_path, again_on):
    async with watching(tmp_path) as room:
        await told_first_list(room)
        (alert,) = await room.post(without_number(1), on(1))
        assert "Not read: MLRS" in alert.text
        assert await room.post(without_number(1), on(1, 6), again_on) == []
        assert await room.post(without_number(1), on(1, 8), again_on) == []


async def test_a_number_is_told_as_left_out_where_the_days_first_list_had_no_such_line(tmp_path):
    async with watching(tmp_path) as room:
        await told_first_list(room)
        await room.post(daily_list(1, tanks=105, afv=200), on(1))
        (alert,) = await room.post(without_number(1), on(1, 6))
        assert alert.reason == "missing"


async def test_older_figures_told_again_without_a_date_are_silent(tmp_path):
    async with watching(tmp_path) as room:
        for day in range(4):
            await room.post(daily_list(day, tanks=100 + day, afv=200 + day), on(day))
        assert await room.post(daily_list(None, tanks=101, afv=201), on(3, hour=9)) == []
        assert set(room.kinds(room.numbers[FIRST])) == {"recalled"}
        assert room.held()["2026-08-11"] == 103


# ── an edit of a post that was told ───────────────────────────────────────────────────────


async def test_an_edit_is_answered_under_its_alert_and_the_old_figure_is_struck_there(tmp_path):
    async with watching(tmp_path) as room:
        post, root = await told_first_list(room)
        room.edit(post, daily_list(0, tanks=110, afv=200, mlrs=30))
        (reply,) = await room.read()
        assert (reply.severity, reply.reason, reply.reply_to) == ("urgent", "edited", root.number)
        assert "was 100 → now 110" in reply.text
        (root,) = room.told(root.number)
        assert any("100" in struck for struck in root.struck)
        assert "edited by source" in root.text
        assert room.outbox(alert=reply.number)[0][1:] == ("reply", "console", root.number)


async def test_an_edit_touches_no_other_days_alert(tmp_path):
    async with watching(tmp_path) as room:
        post, _ = await told_first_list(room)
        (later,) = await room.post(daily_list(1, tanks=105, afv=201, mlrs=30), on(1))
        room.edit(post, daily_list(0, tanks=101, afv=200, mlrs=30))
        (reply,) = await room.read()
        assert reply.post == str(post)
        assert room.told(later.number) == [later]
        assert room.held() == {"2026-08-08": 101, "2026-08-09": 105}


async def test_a_line_that_an_edit_removes_is_withdrawn_and_no_longer_held(tmp_path):
    async with watching(tmp_path) as room:
        post, root = await told_first_list(room)
        room.edit(post, daily_list(0, afv=200, mlrs=30))
        (reply,) = await room.read()
        assert (reply.reason, reply.reply_to) == ("withdrawn", root.number)
        assert "no longer in the post" in reply.text
        assert room.held("tanks") == {}


async def test_a_line_that_an_edit_adds_is_answered_as_not_there_before(tmp_path):
    async with watching(tmp_path) as room:
        post, _ = await told_first_list(room)
        room.edit(post, daily_list(0, tanks=100, afv=200, mlrs=30, aircraft=7))
        (reply,) = await room.read()
        assert "not there before, now 7" in " ".join(reply.text.split())


async def test_equal_figures_in_a_new_text_are_stored_and_silent(tmp_path):
    async with watching(tmp_path) as room:
        post, root = await told_first_list(room)
        room.edit(post, daily_list(0, tanks=100, afv=200, mlrs=30) + "\nСлава Україні!")
        assert await room.read() == []
        assert room.rows("SELECT versions FROM posts WHERE post = ?", str(post)) == [(2,)]
        assert room.told(root.number) == [root]


async def test_to_and_fro_is_three_versions_and_two_answers(tmp_path):
    async with watching(tmp_path) as room:
        post, root = await told_first_list(room)
        first, second = (daily_list(0, tanks=tanks, afv=200, mlrs=30) for tanks in (100, 110))
        for text in (second, first):
            room.clock.pass_by(minutes=1)
            room.edit(post, text)
            (reply,) = await room.read()
            assert reply.reply_to == root.number
        assert room.rows("SELECT versions FROM posts WHERE post = ?", str(post)) == [(3,)]
        assert room.held() == {"2026-08-08": 100}


async def test_an_edit_before_the_alert_went_out_changes_what_will_go_out(tmp_path):
    async with watching(tmp_path) as room:
        post, root = await told_first_list(room)
        room.edit(post, daily_list(0, tanks=110, afv=200, mlrs=30))
        (reply,) = await room.read()
        waiting = await room.app.call(lambda store: _worked_off(store, room.clock.now()))
        texts = [(delivery.alert.number, delivery.kind) for delivery in waiting]
        assert texts[-2:] == [(root.number, "root"), (reply.number, "reply")]
        assert "Tanks 110" in "\n".join(line.text for line in waiting[-2].alert.lines)
        assert "edit" not in {delivery.kind for delivery in waiting}


def _worked_off(store, now):
    """Take every delivery as a chat would, and return them in order."""
    taken = []
    while batch := store.next_deliveries(now):
        for delivery in batch:
            store.mark_sending(delivery.id, now)
            store.mark_sent(delivery.id, f"m{delivery.id}", now)
            taken.append(delivery)
    return taken


async def test_an_alert_that_stands_in_the_chat_is_edited_there_too(tmp_path):
    async with watching(tmp_path) as room:
        post, root = await told_first_list(room)
        await room.app.call(lambda store: _worked_off(store, room.clock.now()))
        room.edit(post, daily_list(0, tanks=110, afv=200, mlrs=30))
        (reply,) = await room.read()
        waiting = await room.app.call(lambda store: _worked_off(store, room.clock.now()))
        assert {(one.alert.number, one.kind) for one in waiting} == {(root.number, "edit"), (reply.number, "reply")}


async def test_an_edit_that_moves_the_headers_date_moves_the_figures_and_is_silent_if_they_are_equal(tmp_path):
    async with watching(tmp_path) as room:
        await told_first_list(room, tanks=100)
        room.publish(daily_list(0, tanks=105), on(1))  # yesterday's date left in the header
        await room.read()
        post = room.numbers[FIRST]
        assert room.held() == {"2026-08-08": 105}
        room.edit(post, daily_list(1, tanks=105))
        assert await room.read() == []
        assert room.held() == {"2026-08-08": 100, "2026-08-09": 105}


async def test_an_edit_that_moves_the_date_and_a_figure_is_an_edit_and_no_fall(tmp_path):
    async with watching(tmp_path) as room:
        await told_first_list(room, tanks=100)
        await room.post(daily_list(1, tanks=105), on(1))
        room.edit(room.numbers[FIRST], daily_list(0, tanks=104))
        (reply,) = await room.read()
        assert reply.reason == "edited"
        assert "was 105 → now 104" in reply.text
        assert list(room.held().values())[-1] == 104


async def test_a_post_that_an_edit_makes_unreadable_is_said_to_be_that_and_not_withdrawn(tmp_path):
    async with watching(tmp_path) as room:
        post, root = await told_first_list(room)
        room.edit(post, UNREADABLE)
        alerts = await room.read()
        assert {alert.severity for alert in alerts} == {"ops"}
        assert "withdrawn" not in room.kinds(post)
        answers = [alert for alert in alerts if alert.reply_to == root.number]
        assert len(answers) == 1, "those who were alerted learn of it where they were"


async def test_a_post_that_can_be_read_again_is_compared_with_what_was_told_of_it(tmp_path):
    async with watching(tmp_path) as room:
        post, root = await told_first_list(room)
        room.edit(post, UNREADABLE)
        await room.read()
        room.clock.pass_by(minutes=1)
        room.edit(post, daily_list(0, tanks=110, afv=200, mlrs=30))
        replies = [alert for alert in await room.read() if alert.reason == "edited"]
        assert [alert.reply_to for alert in replies] == [root.number]
        assert "was 100 → now 110" in replies[0].text


async def test_a_post_that_could_not_be_read_at_first_is_told_as_new_once_it_can(tmp_path):
    async with watching(tmp_path) as room:
        (ops,) = await room.post(UNREADABLE, on(0))
        assert (ops.severity, ops.reason) == ("ops", "unreadable")
        room.edit(room.numbers[FIRST], daily_list(0, tanks=100, afv=200, mlrs=30))
        alerts = {alert.reason: alert for alert in await room.read()}
        assert alerts.keys() == {"unreadable_over", "new"}
        assert alerts["unreadable_over"].reply_to == ops.number


# ── another channel of the same source ────────────────────────────────────────────────────


async def test_the_same_figures_on_the_second_channel_are_no_second_alert(tmp_path):
    async with watching(tmp_path) as room:
        _, root = await told_first_list(room)
        assert await room.post(daily_list(0, tanks=100, afv=200, mlrs=30), on(0, 5), SECOND) == []
        (root,) = room.told(root.number)
        assert "Same figures: Mirror" in root.text
        assert "onfirmed" not in root.text


async def test_whichever_rank_comes_first_the_second_channel_repeats(tmp_path):
    async with watching(tmp_path) as room:
        (root,) = await room.post(daily_list(0, tanks=100, afv=200), on(0), SECOND)
        assert await room.post(daily_list(0, tanks=100, afv=200), on(0, 5), FIRST) == []
        (root,) = room.told(root.number)
        assert "Same figures: Telegram" in root.text


async def test_lines_that_only_the_second_channel_has_are_told(tmp_path):
    async with watching(tmp_path) as room:
        await told_first_list(room, tanks=100)
        (alert,) = await room.post(daily_list(0, tanks=100, mlrs=7), on(0, 5), SECOND)
        assert alert.reason == "new"
        assert "7" in alert.text


async def conflicting(room, first=FIRST, second=SECOND):
    """Let two channels differ on one figure of one day; return the first one's alert."""
    (root,) = await room.post(daily_list(0, tanks=100, afv=200), on(0), first)
    room.publish(daily_list(0, tanks=103, afv=200), on(0, 5), second)
    assert await room.read(second) == []
    return root


async def test_differing_figures_are_a_conflict_ten_minutes_later_as_an_answer_to_the_first(tmp_path):
    async with watching(tmp_path) as room:
        root = await conflicting(room)
        room.clock.pass_by(minutes=9, seconds=59)
        assert await room.settle() == []
        room.clock.pass_by(seconds=1)
        (conflict,) = await room.settle()
        assert (conflict.severity, conflict.reason, conflict.reply_to) == ("urgent", "conflict", root.number)
        assert "100" in conflict.text
        assert "103" in conflict.text
        assert room.outbox(alert=conflict.number)[0].kind == "reply"
        assert await room.settle() == []


async def test_the_higher_rank_holds_whichever_channel_came_first(tmp_path):
    for first, second, held in ((FIRST, SECOND, 100), (SECOND, FIRST, 103)):
        async with watching(tmp_path / first, rank=20) as room:
            await conflicting(room, first, second)
            assert room.held()["2026-08-08"] == held if first == FIRST else 103
            assert list(room.held().values())[-1] == held


async def test_channels_that_agree_by_then_are_settled_in_silence(tmp_path):
    async with watching(tmp_path) as room:
        root = await conflicting(room)
        room.clock.pass_by(minutes=2)
        room.edit(room.numbers[SECOND], daily_list(0, tanks=100, afv=200), SECOND)
        assert await room.read(SECOND) == []
        room.clock.pass_by(minutes=10)
        assert await room.settle() == []
        (root,) = room.told(root.number)
        assert root.text.count("Same figures: Mirror") == 1


async def test_a_second_channel_that_no_longer_says_anything_is_not_said_to_agree(tmp_path):
    async with watching(tmp_path) as room:
        root = await conflicting(room)
        room.edit(room.numbers[SECOND], "Слава Україні!", SECOND)
        await room.read(SECOND)
        room.clock.pass_by(minutes=11)
        assert await room.settle() == []
        (root,) = room.told(root.number)
        assert "Same figures" not in root.text


async def test_a_second_channel_that_now_counts_for_another_day_is_not_compared(tmp_path):
    async with watching(tmp_path) as room:
        root = await conflicting(room)
        room.edit(room.numbers[SECOND], daily_list(-1, tanks=100, afv=200), SECOND)
        await room.read(SECOND)
        room.clock.pass_by(minutes=11)
        assert await room.settle() == []
        (root,) = room.told(root.number)
        assert "Same figures" not in root.text


async def test_a_conflict_with_figures_that_were_never_told_stands_alone(tmp_path):
    async with newsroom(tmp_path, FixedClock(on(0, 5))) as room:
        room.publish(daily_list(0, tanks=100, afv=200), on(0))  # before watching began: the base line
        await room.read(FIRST)
        await room.read(SECOND)
        assert await room.post(daily_list(0, tanks=103, afv=200), on(0, 6), SECOND) == []
        room.clock.pass_by(minutes=10)
        (conflict,) = await room.settle()
        assert (conflict.reason, conflict.reply_to) == ("conflict", None)
        assert room.outbox(alert=conflict.number)[0].kind == "root"


async def test_an_edit_on_the_second_channel_that_makes_it_differ_is_a_conflict(tmp_path):
    async with watching(tmp_path) as room:
        _, root = await told_first_list(room, tanks=100, afv=200)
        await room.post(daily_list(0, tanks=100, afv=200), on(0, 5), SECOND)
        room.edit(room.numbers[SECOND], daily_list(0, tanks=104, afv=200), SECOND)
        assert await room.read(SECOND) == []
        room.clock.pass_by(minutes=10)
        (conflict,) = await room.settle()
        assert (conflict.reason, conflict.reply_to) == ("conflict", root.number)


async def test_an_edit_on_a_second_channel_of_higher_rank_is_a_conflict_too(tmp_path):
    async with watching(tmp_path, rank=90) as room:
        _, root = await told_first_list(room, tanks=100, afv=200)
        await room.post(daily_list(0, tanks=100, afv=200), on(0, 5), SECOND)
        room.edit(room.numbers[SECOND], daily_list(0, tanks=104, afv=200), SECOND)
        assert await room.read(SECOND) == []
        room.clock.pass_by(minutes=10)
        (conflict,) = await room.settle()
        assert (conflict.reason, conflict.reply_to) == ("conflict", root.number)


async def test_an_edit_of_the_told_post_away_from_the_second_channel_is_an_edit_and_then_a_conflict(tmp_path):
    async with watching(tmp_path) as room:
        post, root = await told_first_list(room, tanks=100, afv=200)
        await room.post(daily_list(0, tanks=100, afv=200), on(0, 5), SECOND)
        room.edit(post, daily_list(0, tanks=104, afv=200))
        (reply,) = await room.read()
        assert reply.reason == "edited"
        (root,) = room.told(root.number)
        assert "Same figures" not in root.text, "they are the same no longer"
        room.clock.pass_by(minutes=10)
        (conflict,) = await room.settle()
        assert (conflict.reason, conflict.reply_to) == ("conflict", root.number)


async def test_an_edit_of_a_conflicting_post_is_answered_in_the_same_thread(tmp_path):
    async with watching(tmp_path) as room:
        root = await conflicting(room)
        room.clock.pass_by(minutes=10)
        await room.settle()
        room.edit(room.numbers[SECOND], daily_list(0, tanks=100, afv=200), SECOND)
        (reply,) = await room.read(SECOND)
        assert (reply.reason, reply.reply_to) == ("edited", root.number)


async def test_a_conflict_that_was_told_is_not_told_again_by_an_edit_of_another_line(tmp_path):
    async with watching(tmp_path) as room:
        await conflicting(room)
        room.clock.pass_by(minutes=10)
        await room.settle()
        room.edit(room.numbers[SECOND], daily_list(0, tanks=103, afv=200, mlrs=7), SECOND)
        assert [alert.reason for alert in await room.read(SECOND)] == ["edited"]
        room.clock.pass_by(minutes=10)
        assert await room.settle() == []


async def test_a_conflict_whose_channel_left_the_settings_is_closed_as_that(tmp_path):
    async with watching(tmp_path) as room:
        root = await conflicting(room)
        room.clock.pass_by(minutes=11)
        settle = room.app.pipeline.telling.settle_conflicts
        assert await room.app.call(lambda store: settle(store, (), room.clock.now())) == []
        ((outcome,),) = room.rows("SELECT DISTINCT outcome FROM pending_conflicts")
        assert "settings" in outcome
        (root,) = room.told(root.number)
        assert "Same figures" not in root.text


async def test_a_second_post_on_the_same_channel_is_a_rise_and_no_conflict(tmp_path):
    async with watching(tmp_path) as room:
        await told_first_list(room, tanks=100)
        (alert,) = await room.post(daily_list(0, tanks=103), on(0, 9))
        assert alert.reason == "rise"


async def test_an_older_post_than_what_is_held_is_stored_and_silent_whatever_is_odd_about_it(tmp_path):
    async with watching(tmp_path) as room:
        for day in range(3):
            await room.post(daily_list(day, tanks=100 + day), on(day))
        assert await room.post(daily_list(1, {"tanks": 50}, tanks=90), on(2, 5), SECOND) == []
        assert set(room.kinds(room.numbers[SECOND], SECOND)) == {"backdated"}
        assert list(room.held().values())[-1] == 102


# ── several desks ─────────────────────────────────────────────────────────────────────────

DESKS = """
[destinations.other]
service = "console"

[destinations.pager]
service = "console"

[desks.duty]
urgent = ["console"]
routine = ["console"]
ops = ["console"]

[desks.night]
urgent = ["console", "pager"]
routine = ["other"]

[desks.elsewhere]
urgent = ["other"]
routine = ["other"]
sources = ["defence-ministry-ru"]
"""


async def test_each_place_gets_an_alert_once_however_many_desks_name_it(tmp_path):
    async with watching(tmp_path, desks=DESKS) as room:
        _, routine = await told_first_list(room, tanks=100)
        (urgent,) = await room.post(daily_list(1, tanks=99), on(1))
        assert sorted(one.destination for one in room.outbox(alert=routine.number)) == ["console", "other"]
        assert sorted(one.destination for one in room.outbox(alert=urgent.number)) == ["console", "pager"]


async def test_a_desk_that_takes_only_what_is_urgent_gets_an_edit_as_a_message_of_its_own(tmp_path):
    async with watching(tmp_path, desks=DESKS) as room:
        post, root = await told_first_list(room, tanks=100)
        room.edit(post, daily_list(0, tanks=110))
        (reply,) = await room.read()
        sent = {(one.destination, one.kind, one.thread) for one in room.outbox(alert=reply.number)}
        assert sent == {("console", "reply", root.number), ("pager", "root", reply.number)}


async def test_a_conflict_reaches_the_desk_that_did_not_get_the_routine_alert(tmp_path):
    async with watching(tmp_path, desks=DESKS) as room:
        await conflicting(room)
        room.clock.pass_by(minutes=10)
        (conflict,) = await room.settle()
        sent = {(one.destination, one.kind) for one in room.outbox(alert=conflict.number)}
        assert sent == {("console", "reply"), ("pager", "root")}


# ── after an outage ───────────────────────────────────────────────────────────────────────


async def missed(room, days):
    """Publish so many lists that nobody reads; the first one was told before. Return their posts' ids."""
    await told_first_list(room, tanks=1000, afv=2000)
    ids = [room.publish(daily_list(day, tanks=1000 + day, afv=2000), on(day)) for day in range(1, days + 1)]
    room.clock.pass_by(hours=13)
    return ids


async def test_posts_older_than_twelve_hours_become_one_digest(tmp_path):
    async with watching(tmp_path) as room:
        posts = await missed(room, 3)
        alerts = await room.read()
        sent = [one for one in room.outbox() if one.alert > 3]
        assert len(sent) == 1
        (digest,) = room.told(sent[0].alert)
        assert digest.reason == "digest"
        assert [f"{1000 + day:,} (+1)" in digest.text for day in (1, 2, 3)] == [True] * 3
        assert "13 h old" in digest.text
        assert [alert.post for alert in alerts] == [str(post) for post in posts], "each is on record by itself"


async def test_what_is_urgent_is_never_folded_away(tmp_path):
    async with watching(tmp_path) as room:
        await missed(room, 2)
        room.publish(daily_list(3, tanks=950, afv=2000), on(3))
        room.clock.pass_by(hours=13)
        await room.read()
        sent = [room.told(one.alert)[0].reason for one in room.outbox() if one.alert > 3]
        assert sorted(sent) == ["digest", "fall"]


async def test_a_second_outage_has_a_digest_of_its_own(tmp_path):
    async with watching(tmp_path) as room:
        await missed(room, 2)
        await room.read()
        room.clock.pass_by(minutes=5)
        await room.app.call(lambda store: _worked_off(store, room.clock.now()))
        room.publish(daily_list(5, tanks=1010, afv=2000), on(5))
        room.clock.pass_by(hours=13)
        await room.read()
        roots = [one.alert for one in room.outbox() if room.told(one.alert)[0].reason == "digest"]
        assert len(roots) == 2
        assert "1,010" in room.told(roots[1])[0].text
        assert "1,010" not in room.told(roots[0])[0].text


async def test_a_digest_that_has_not_gone_out_yet_takes_up_what_else_is_old(tmp_path):
    async with watching(tmp_path) as room:
        await missed(room, 2)
        await room.read()
        room.publish(daily_list(3, tanks=1003, afv=2000), on(2, 12))
        room.clock.at = on(3, 4)
        await room.read()
        (digest,) = [one.alert for one in room.outbox() if room.told(one.alert)[0].reason == "digest"]
        assert all(f"{1000 + day:,} (+1)" in room.told(digest)[0].text for day in (1, 2, 3))


async def test_a_digest_that_is_cut_short_by_a_crash_loses_nothing(tmp_path):
    async with watching(tmp_path) as room:
        await missed(room, 2)
        await room.read()
        room.publish(daily_list(3, tanks=1003, afv=2000), on(3))
        room.clock.pass_by(hours=13)
        room.app.pipeline.forget()  # what a process that begins anew knows
        await room.read()
        text = "\n".join(room.told(one.alert)[0].text for one in room.outbox())
        assert all(f"{1000 + day:,} (+1)" in text for day in (1, 2, 3))


async def test_an_edit_of_a_post_in_a_digest_is_answered_under_the_digest_and_struck_there(tmp_path):
    async with watching(tmp_path) as room:
        posts = await missed(room, 3)
        await room.read()
        digest = next(one.alert for one in room.outbox() if room.told(one.alert)[0].reason == "digest")
        room.edit(posts[1], daily_list(2, tanks=1009, afv=2000))
        (reply,) = await room.read()
        assert (reply.reason, reply.reply_to) == ("edited", digest)
        assert "was 1,002 → now 1,009" in reply.text
        assert room.outbox(alert=reply.number)[0][1:] == ("reply", "console", digest)
        (whole,) = room.told(digest)
        assert any("1,002" in struck for struck in whole.struck)
        assert not any("1,001" in struck or "1,003" in struck for struck in whole.struck)


async def test_a_post_that_is_only_hours_late_is_told_by_itself(tmp_path):
    async with watching(tmp_path) as room:
        await told_first_list(room, tanks=1000)
        room.publish(daily_list(1, tanks=1001), on(1))
        room.clock.at = on(1) + timedelta(hours=11)
        (alert,) = await room.read()
        assert (alert.reason, room.outbox(alert=alert.number)[0].kind) == ("rise", "root")
