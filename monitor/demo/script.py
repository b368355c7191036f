"""What is played: what happens on which channel, when, and what a narrator says of it.

The texts are ours, in the shapes in which the channels post. The General Staff's figures come from
`figures.csv`; those of the others are what they stated in the first week of March 2022 (the Russian
ministry's figures of 28 February are from memory).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

from monitor.demo.lists import BILINGUAL, ENGLISH_2022, UKRAINIAN, UKRAINIAN_2022, losses

GENERAL_STAFF = "GeneralStaffZSU"
MOSCOW = "mod_russia"
INTERIOR = "mvs_ukraine"
RESCUERS = "dsns_telegram"
PRESIDENT = "V_Zelenskiy_official"
CHANNELS = (GENERAL_STAFF, MOSCOW, INTERIOR, RESCUERS, PRESIDENT)


class Posted(NamedTuple):
    """A new post; `name` is for a later edit."""

    channel: str
    text: str
    media: tuple[str, ...] = ()
    name: str = ""


class Edited(NamedTuple):
    """Another text for a post that was named."""

    name: str
    text: str


class Beat(NamedTuple):
    """One thing that happens, at a moment in UTC; without an event, only time passes."""

    at: datetime
    says: str
    event: Posted | Edited | None = None


class Act(NamedTuple):
    """Some days: what stood on the channels before, the moment at which the desk begins to watch, and what follows."""

    title: str
    says: str
    before: tuple[tuple[datetime, Posted], ...]
    opens: datetime
    beats: tuple[Beat, ...]


def _at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def _staff(text: str, name: str = "") -> Posted:
    return Posted(GENERAL_STAFF, text, name=name)


MARCH = Act(
    title="1 to 4 March 2022",
    says="Five official channels are watched from now on; what stands on them already is only noted.",
    before=(
        *(
            (_at(2022, *day, 6, 12), _staff(losses(date(2022, *day), UKRAINIAN_2022, deltas=False)))
            for day in ((2, 26), (2, 27), (2, 28), (3, 1))
        ),
        (
            _at(2022, 2, 28, 9, 5),
            Posted(
                MOSCOW,
                "Брифинг Минобороны России (28 февраля)\n\n"
                "Всего за время операции уничтожено: 254 танка и других боевых бронированных машин, 31 самолет"
                " и вертолет, 46 установок реактивных систем залпового огня, 103 орудия полевой артиллерии и"
                " минометов, 164 единицы специальной военной автомобильной техники.",
            ),
        ),
        (_at(2022, 2, 28, 15), Posted(INTERIOR, "Поліція патрулює вулиці міст. Телефонуйте 102.")),
        (_at(2022, 2, 28, 16), Posted(RESCUERS, "Рятувальники гасять пожежу у житловому будинку. Дякуємо всім!")),
        (_at(2022, 2, 28, 20), Posted(PRESIDENT, "Тримаємося. Слава Україні!")),
    ),
    opens=_at(2022, 3, 1, 9),
    beats=(
        Beat(
            _at(2022, 3, 1, 10, 30),
            "The interior ministry counts the dead of the first week, in Ukrainian.",
            Posted(INTERIOR, "Від початку вторгнення загинули 352 цивільні особи, серед них 14 дітей."),
        ),
        Beat(
            _at(2022, 3, 1, 12, 40),
            "Russia's Defence Ministry claims more Ukrainian losses, in Russian, its categories combined.",
            Posted(
                MOSCOW,
                "Брифинг Минобороны России (1 марта)\n\n"
                "Всего за время операции уничтожено: 311 танков и других боевых бронированных машин, 42 самолета"
                " и вертолета, 51 установка реактивных систем залпового огня, 147 орудий полевой артиллерии и"
                " минометов, 263 единицы специальной военной автомобильной техники.",
            ),
        ),
        Beat(
            _at(2022, 3, 2, 6, 10),
            "The General Staff's list of the day: twelve lines, one message.",
            _staff(losses(date(2022, 3, 2), UKRAINIAN_2022, deltas=False)),
        ),
        Beat(
            _at(2022, 3, 2, 8, 20),
            "It posts about the night's fighting. No figures: nothing to tell.",
            _staff(
                "Оперативна інформація станом на 08.00.\n\nПротивник намагався наступати на трьох напрямках і зазнав"
                " втрат. Наші воїни стримують оборону. Перемога за нами!"
            ),
        ),
        Beat(
            _at(2022, 3, 2, 9, 45),
            "It passes on how an English news desk put this morning's list: 61 aircraft (30 + 31), over 200 tanks.\n"
            "The same figures in other words: nothing to tell.",
            _staff(
                "Russia has lost up to 5,840 troops, 61 aircraft, over 200 tanks and 862 armoured vehicles since the"
                " invasion began, Ukraine's General Staff said on Wednesday."
            ),
        ),
        Beat(
            _at(2022, 3, 2, 13, 5),
            "The State Emergency Service gives a figure of its own. It is never merged with the ministry's.",
            Posted(
                RESCUERS,
                "Понад 2000 цивільних загинули з початку вторгнення. Зруйновано сотні будинків, лікарень і дитячих"
                " садків.",
            ),
        ),
        Beat(
            _at(2022, 3, 2, 16, 50),
            "Russia's Defence Ministry speaks of its own losses for the first time: rounded in the headline,"
            " exact in the text.",
            Posted(
                MOSCOW,
                "Почти 500 российских военнослужащих погибли\n\n"
                "С начала специальной военной операции погибли 498 российских военнослужащих, 1597 военнослужащих"
                " получили ранения.",
            ),
        ),
        Beat(
            _at(2022, 3, 2, 19, 30),
            "The president names a figure in a speech. It is filed under the speaker, apart from the General Staff.",
            Posted(
                PRESIDENT,
                "Сьогодні сьомий день, як ми стоїмо разом. Від 24 лютого убито понад 5800 російських солдатів. Вони"
                " не розуміють, навіщо їх сюди послали.",
            ),
        ),
        Beat(
            _at(2022, 3, 3, 6, 20),
            "The next list, this time in English.",
            _staff(losses(date(2022, 3, 3), ENGLISH_2022, deltas=False)),
        ),
        Beat(
            _at(2022, 3, 4, 7, 20),
            "Twenty past nine in Kyiv: the hour of the list has passed, and there is none.",
        ),
        Beat(
            _at(2022, 3, 4, 9, 40),
            "Here it is, three hours late.",
            _staff(losses(date(2022, 3, 4), UKRAINIAN_2022, deltas=False)),
        ),
    ),
)

JUNE_2022 = Act(
    title="3 June 2022",
    says="The days before are read in silence, as monitor backfill does.",
    before=tuple(
        (_at(2022, *day, 5, 15), _staff(losses(date(2022, *day), ENGLISH_2022))) for day in ((5, 31), (6, 1), (6, 2))
    ),
    opens=_at(2022, 6, 3, 4),
    beats=(
        Beat(
            _at(2022, 6, 3, 5, 12),
            "The artillery line is yesterday's, with today's +14 beside it. It does not add up (and was really posted"
            " like that).",
            _staff(losses(date(2022, 6, 3), ENGLISH_2022, mistyped={"artillery": 661}), "june"),
        ),
        Beat(
            _at(2022, 6, 3, 5, 53),
            "Say that the post is corrected in place, without a word.",
            Edited("june", losses(date(2022, 6, 3), ENGLISH_2022)),
        ),
    ),
)

OCTOBER_2025 = Act(
    title="3 October 2025",
    says="Nine more lists are read in silence first.",
    before=tuple(
        (_at(2025, *day, 4, 10), _staff(losses(date(2025, *day), BILINGUAL)))
        for day in ((9, 24), (9, 25), (9, 26), (9, 27), (9, 28), (9, 29), (9, 30), (10, 1), (10, 2))
    ),
    opens=_at(2025, 10, 3, 3),
    beats=(
        Beat(
            _at(2025, 10, 3, 4, 10),
            "Two totals go down, and seven printed changes are not the difference. Nothing in the post says so.",
            _staff(
                losses(
                    date(2025, 10, 3),
                    BILINGUAL,
                    printed={
                        "artillery": 13,
                        "mlrs": 1,
                        "anti_air": 0,
                        "uav": 273,
                        "cruise_missiles": 0,
                        "vehicles_fuel_tanks": 44,
                        "special_equipment": 0,
                    },
                )
            ),
        ),
    ),
)

JUNE_2026 = Act(
    title="24 to 26 June 2026",
    says="Again the days before, in silence.",
    before=tuple((_at(2026, 6, day, 4, 8), _staff(losses(date(2026, 6, day), UKRAINIAN))) for day in range(15, 24)),
    opens=_at(2026, 6, 24, 3),
    beats=(
        Beat(
            _at(2026, 6, 24, 4, 9),
            "A digit is dropped: 11257 vehicles where 111257 would fit what is printed beside it.",
            _staff(losses(date(2026, 6, 24), UKRAINIAN, mistyped={"vehicles_fuel_tanks": 11257})),
        ),
        Beat(
            _at(2026, 6, 25, 4, 6),
            "The next day's list settles which of the two it was.",
            _staff(losses(date(2026, 6, 25), UKRAINIAN)),
        ),
        Beat(
            _at(2026, 6, 26, 4, 10),
            "Today's figures come as a picture under a headline.",
            Posted(
                GENERAL_STAFF,
                "Загальні бойові втрати противника з 24.02.22 по 26.06.26 👇",
                media=("photo",),
            ),
        ),
        Beat(
            _at(2026, 6, 26, 4, 50),
            "And then as text.",
            _staff(losses(date(2026, 6, 26), UKRAINIAN)),
        ),
    ),
)

ACTS = (MARCH, JUNE_2022, OCTOBER_2025, JUNE_2026)
