"""One alert of every format: what the golden files show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from monitor import render
from monitor.model import Alert, Change, ChangeKind, Doubt, Figure, Qualifier, Severity, Tally, Unread
from tests.render.samples import (
    AIR_FORCE,
    GENERAL_STAFF,
    INTERIOR_MINISTRY,
    KYIV,
    RUSSIAN_MINISTRY,
    TELEGRAM,
    WEBSITE,
    change,
    context,
    post,
    rise,
    same,
    utc,
)

ABOUT = Qualifier.ABOUT


def routine() -> tuple[Change, ...]:
    """The list of 8 Aug 2026."""
    return (
        rise("personnel_losses", 1_456_610, 1_455_420, qualifier=ABOUT),
        rise("tanks", 12_251, 12_247),
        rise("afv", 25_099, 25_098),
        rise("artillery", 47_580, 47_522),
        rise("mlrs", 2_009, 2_008),
        rise("anti_air", 1_556, 1_550),
        same("aircraft", 439),
        same("helicopters", 354),
        rise("uav", 449_606, 447_855),
        same("cruise_missiles", 5_007),
        rise("warships_boats", 35, 34),
        same("submarines", 2),
        rise("ugv", 2_162, 2_152),
        rise("vehicles_fuel_tanks", 131_417, 131_068),
        rise("special_equipment", 4_504, 4_502),
    )


def routine_alert() -> Alert:
    at = utc(2026, 8, 8, 4, 12)
    alert = render.tally(post(at), routine(), Severity.URGENT, "rare", context(), seen_at=at.replace(second=38))
    return replace(alert, number=12)


def restated_alert() -> Alert:
    """3 Oct 2025: two totals went down, five more do not fit what the post printed."""
    day, at = date(2025, 10, 3), utc(2025, 10, 3, 4, 30)
    odd = (Doubt.DELTA_MISMATCH,)
    changes = (
        rise("personnel_losses", 1_113_430, 1_112_460, qualifier=ABOUT, day=day),
        rise("tanks", 11_225, 11_224, day=day),
        rise("afv", 23_297, 23_296, day=day),
        rise("artillery", 33_413, 33_336, delta=13, day=day, doubts=odd),
        rise("mlrs", 1_514, 1_507, delta=1, day=day, doubts=odd),
        change(ChangeKind.FALL, "anti_air", 1_222, 1_224, delta=0, day=day, doubts=odd),
        same("aircraft", 427, day=day),
        same("helicopters", 346, day=day),
        rise("uav", 66_093, 65_823, delta=273, day=day, doubts=odd),
        rise("cruise_missiles", 3_793, 3_790, delta=0, day=day, doubts=odd),
        same("warships_boats", 28, day=day),
        same("submarines", 1, day=day),
        rise("vehicles_fuel_tanks", 63_325, 63_303, delta=44, day=day, doubts=odd),
        change(ChangeKind.FALL, "special_equipment", 3_970, 3_979, delta=0, day=day, doubts=odd),
    )
    return render.tally(post(at), changes, Severity.URGENT, "fall", context(), seen_at=utc(2025, 10, 3, 4, 30, 41))


def fell_alert() -> Alert:
    """4 March 2026: the artillery total fell by ten while the post printed a rise of 32."""
    day, at = date(2026, 3, 4), utc(2026, 3, 4, 5, 1)
    fell = change(
        ChangeKind.FALL,
        "artillery",
        37_832,
        37_842,
        delta=32,
        day=day,
        doubts=(Doubt.DELTA_MISMATCH,),
        quote="Артсистеми – 37 832 (+32) од",
    )
    return render.tally(post(at), (fell,), Severity.URGENT, "fall", context(), seen_at=utc(2026, 3, 4, 5, 1, 12))


def slip_alert() -> Alert:
    """24 June 2026: a digit went missing."""
    day, at = date(2026, 6, 24), utc(2026, 6, 24, 4, 5)
    slip = change(
        ChangeKind.FALL,
        "vehicles_fuel_tanks",
        11_257,
        110_827,
        day=day,
        yesterday=date(2026, 6, 23),
        delta=430,
        quote="Автотехніка та автоцистерни – 11257 (+430) од",
        doubts=(Doubt.OUT_OF_RANGE, Doubt.DIGIT_SLIP, Doubt.DELTA_MISMATCH),
        suggestion=111_257,
        provisional=True,
    )
    changes = (
        rise("personnel_losses", 1_395_790, 1_394_530, qualifier=ABOUT, day=day),
        rise("tanks", 12_056, 12_050, day=day),
        rise("artillery", 44_664, 44_604, day=day),
        same("aircraft", 436, day=day),
        slip,
    )
    return render.tally(post(at), changes, Severity.URGENT, "digit_slip", context(), seen_at=utc(2026, 6, 24, 4, 6, 30))


def edit_changes() -> tuple[Change, ...]:
    return (
        change(
            ChangeKind.EDITED,
            "personnel_losses",
            1_457_330,
            1_456_610,
            qualifier=ABOUT,
            delta=1_910,
            difference=720,
            yesterday=date(2026, 8, 8),
            quote="Особовий склад – близько 1 457 330 (+1 910) осіб",
        ),
    )


def edit_reply() -> Alert:
    edited = post(utc(2026, 8, 8, 4, 12), edited_at=utc(2026, 8, 8, 4, 53))
    return render.correction(
        edited,
        edit_changes(),
        Severity.URGENT,
        "edited",
        context(),
        root=routine_alert(),
        root_at=utc(2026, 8, 8, 4, 13),
        seen_at=utc(2026, 8, 8, 4, 54),
    )


def edited_root() -> Alert:
    told = render.same_figures(routine_alert(), "mod.gov.ua")
    return render.corrected(told, edit_changes(), context(), at=utc(2026, 8, 8, 4, 53))


def withdrawn_reply() -> Alert:
    gone = change(ChangeKind.WITHDRAWN, "personnel_killed", 9_861, None, day=date(2022, 3, 21), since=None)
    gone = replace(gone, now=None, before=Figure(9_861, order_date=date(2022, 3, 21)), difference=None, computed=None)
    return render.correction(
        post(utc(2022, 3, 21, 9, 0)),
        (gone,),
        Severity.URGENT,
        "withdrawn",
        context(),
        root=replace(routine_alert(), number=7),
        root_at=utc(2022, 3, 21, 9, 1),
        seen_at=utc(2022, 3, 21, 9, 40),
    )


def conflict_reply() -> Alert:
    tanks = change(ChangeKind.CONFLICT, "tanks", 12_215, 12_251, difference=-36)
    return render.conflict(
        (tanks,),
        context(),
        first=(TELEGRAM, "https://t.me/GeneralStaffZSU/41234"),
        second=(WEBSITE, "https://mod.gov.ua/news/8-08"),
        root=routine_alert(),
    )


def civilians_alert() -> Alert:
    """1 March 2022: civilians killed, among them children."""
    day, at = date(2022, 3, 1), utc(2022, 3, 1, 10, 20)
    new = ChangeKind.NEW
    changes = (
        change(new, "civilians_killed", 352, source=INTERIOR_MINISTRY, day=day),
        change(new, "children_killed", 14, source=INTERIOR_MINISTRY, day=day),
    )
    where = context(INTERIOR_MINISTRY, replace(TELEGRAM, source="interior-ua"))
    told = post(at, url="https://t.me/mvs_ukraine/8112", id="8112")
    return render.tally(told, changes, Severity.ROUTINE, "new", where, seen_at=utc(2022, 3, 1, 10, 20, 9))


def two_sides_alert() -> Alert:
    """2 March 2022: Russia's Defence Ministry names its own dead, and what it says Ukraine lost."""
    day, new = date(2022, 3, 2), ChangeKind.NEW
    changes = (
        change(new, "personnel_killed", 498, source=RUSSIAN_MINISTRY, subject="russia", day=day),
        change(new, "personnel_wounded", 1_597, source=RUSSIAN_MINISTRY, subject="russia", day=day),
        rise("tanks_and_afv", 472, 311, source=RUSSIAN_MINISTRY, day=day, delta=None),
        rise("mlrs", 62, 51, source=RUSSIAN_MINISTRY, day=day, delta=None),
    )
    where = context(RUSSIAN_MINISTRY, replace(TELEGRAM, source="mod-russia"))
    told = post(utc(2022, 3, 2, 15, 0), url="https://t.me/mod_russia/13200", id="13200")
    return render.tally(told, changes, Severity.URGENT, "first_is_news", where, seen_at=utc(2022, 3, 2, 15, 3))


def reread_reply() -> Alert:
    """We misread: the post stands as it stood."""
    wrong = change(ChangeKind.REREAD, "tanks", 211, 2_110, day=date(2022, 3, 2), difference=-1_899)
    return render.correction(
        post(utc(2022, 3, 2, 7, 0)),
        (wrong,),
        Severity.URGENT,
        "reread",
        context(),
        root=replace(routine_alert(), number=3),
        root_at=utc(2022, 3, 2, 7, 1),
        seen_at=utc(2022, 3, 4, 9, 0),
    )


def edited_single() -> Alert:
    """An alert about one figure, after that figure was edited: the first line is struck too."""
    edited = change(ChangeKind.EDITED, "artillery", 37_874, 37_832, day=date(2026, 3, 4), yesterday=date(2026, 3, 4))
    return render.corrected(fell_alert(), (edited,), context(), at=utc(2026, 3, 4, 6, 0))


def night_alert() -> Alert:
    """A night's figures: they name their period and are compared with nothing."""
    at, day = utc(2026, 8, 8, 5, 30), date(2026, 8, 8)
    night = {"day": day, "source": AIR_FORCE, "subject": "russia", "since": None, "scope": "period"}
    changes = tuple(
        replace(found, claim=found.claim._replace(window_start=utc(2026, 8, 7, 15), window_end=utc(2026, 8, 8, 5)))
        for found in (
            change(ChangeKind.REPORTED, "drones_launched", 112, **night),
            change(ChangeKind.REPORTED, "drones_downed", 97, **night),
        )
        if found.claim
    )
    where = context(AIR_FORCE, replace(TELEGRAM, source="air-force-ua"))
    return render.tally(post(at), changes, Severity.ROUTINE, "reported", where, seen_at=utc(2026, 8, 8, 5, 30, 20))


def merged_alert() -> Alert:
    """1 May 2022: two lines became one, a new one appeared, one is absent, and one could not be placed."""
    day, at = date(2022, 5, 1), utc(2022, 5, 1, 6, 0)
    merged = change(
        ChangeKind.NEW,
        "vehicles_fuel_tanks",
        1_796,
        day=day,
        note="replaces vehicles + fuel tanks, 1,777 when last given",
    )
    absent = Change(
        ChangeKind.MISSING, Tally("general-staff-ua", "russia", "special_equipment"), note="not in this post"
    )
    changes = (
        rise("personnel_losses", 23_500, 23_200, qualifier=ABOUT, day=day, delta=None),
        rise("tanks", 1_026, 1_008, day=day, delta=None),
        merged,
        change(ChangeKind.NEW, "cruise_missiles", 84, day=day),
        absent,
    )
    unread = (Unread("наземні робототехнічні комплекси ‒ 7 од", (0, 38)),)
    return render.tally(
        post(at), changes, Severity.ROUTINE, "rise", context(), seen_at=utc(2022, 5, 1, 6, 0, 30), unread=unread
    )


def after_a_gap_alert() -> Alert:
    changes = tuple(
        replace(found, covers_days=3)
        for found in (
            rise("tanks", 12_251, 12_242, yesterday=date(2026, 8, 5), delta=4),
            change(ChangeKind.REFINED, "aircraft", 439, 400, was=Qualifier.OVER, yesterday=date(2026, 8, 5)),
            rise("uav", 449_606, 444_455, yesterday=date(2026, 8, 5), delta=1_751),
        )
    )
    at = utc(2026, 8, 8, 4, 12)
    return render.tally(post(at), changes, Severity.ROUTINE, "rise", context(), seen_at=utc(2026, 8, 8, 4, 12, 5))


def day_before_alert() -> Alert:
    day, at = date(2026, 8, 7), utc(2026, 8, 7, 4, 10)
    changes = (rise("tanks", 12_247, 12_246, day=day), rise("uav", 447_855, 446_266, day=day))
    return render.tally(post(at, id="41201"), changes, Severity.ROUTINE, "rise", context(), seen_at=utc(2026, 8, 8, 19))


def silences() -> dict[str, Alert]:
    at = utc(2026, 8, 8, 6, 15)
    details = {
        "overdue": "The channel is alive: its last post is of 08:58 Kyiv and no tally. mod.gov.ua: nothing for today.",
        "unreachable": "t.me asks us to wait 43 min. Last read at 05:32 UTC.",
        "unreadable": "Post 41234: 0 of 15 lines read. First line: «Загальні бойові втрати …»",
        "image_only": "Post 41234: an infographic without text.",
    }
    return {kind: render.silence(kind, GENERAL_STAFF, told, at=at, zone=KYIV) for kind, told in details.items()}  # type: ignore[arg-type]


def aged_alert() -> Alert:
    return render.aged(render.aged(silences()["overdue"], "overdue", 1), "overdue", 2)


def recovered_alert() -> Alert:
    return render.recovered(
        "unreachable", GENERAL_STAFF, since=utc(2026, 8, 8, 6, 15), at=utc(2026, 8, 8, 8, 20), zone=KYIV, caught_up=1
    )


def watching_alert() -> Alert:
    held = [(found.tally, found.now) for found in routine() if found.now]
    held[5] = (held[5][0], replace(held[5][1], order_date=date(2026, 8, 7)))
    return render.watching(GENERAL_STAFF, held, context(), at=utc(2026, 8, 8, 9, 0))


def digest_alert() -> Alert:
    return render.digest(
        (day_before_alert(), after_a_gap_alert()),
        GENERAL_STAFF,
        at=utc(2026, 8, 8, 19, 30),
        zone=KYIV,
    )


def new_line_alert() -> Alert:
    return render.ops(
        "general-staff-ua",
        "New line in the tally of Ukraine's General Staff: no category for it",
        ("«наземні робототехнічні комплекси ‒ 1 150 од»", "No change was computed. Add a category or a word for it."),
    )


ALERTS = {
    "a-routine": routine_alert,
    "a-civilians": civilians_alert,
    "a-two-sides": two_sides_alert,
    "a-night": night_alert,
    "a-merged-and-missing": merged_alert,
    "a-after-a-gap": after_a_gap_alert,
    "b-restated": restated_alert,
    "b-fell": fell_alert,
    "c-edited": edit_reply,
    "c-edited-root": edited_root,
    "c-edited-single": edited_single,
    "c-misread": reread_reply,
    "c-withdrawn": withdrawn_reply,
    "e-digit-slip": slip_alert,
    "f-late": lambda: silences()["overdue"],
    "f-unreachable": lambda: silences()["unreachable"],
    "f-unreadable": lambda: silences()["unreadable"],
    "f-image-only": lambda: silences()["image_only"],
    "f-aged": aged_alert,
    "f-recovered": recovered_alert,
    "g-conflict": conflict_reply,
    "h-new-line": new_line_alert,
    "watching": watching_alert,
    "digest": digest_alert,
}

GOLDEN = Path(__file__).parent / "golden"


def projection(alert: Alert) -> str:
    """Return everything a person reads of an alert, as a golden file keeps it."""
    parts = [render.plain(alert)]
    if alert.copy_text:
        parts.append(f"[to paste] {alert.copy_text}")
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":  # writes the golden files anew; read every line of the difference before keeping it
    for name, made in ALERTS.items():
        GOLDEN.joinpath(f"{name}.txt").write_text(projection(made()), "utf-8")
