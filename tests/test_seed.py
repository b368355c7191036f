"""The statements of the first week of March 2022: from the post on a channel to the alert on the desk.

Each statement comes in three languages, as its channel writes it and as a news sentence. The UN's two
offices and the channel about captured soldiers are given a preview by the operator's own settings: the
routes that they ship with are not built yet.
"""

# ruff: noqa: E501  (posts as they are written)

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from monitor.demo.preview import PreviewChannel, PreviewPost, PreviewServer
from monitor.model import Alert, Claim, Scope, Severity
from tests.app import assembled, place_of, read, settings_for
from tests.clock import FixedClock

ON = datetime(2022, 2, 28, 20, 0, tzinfo=UTC)  # watching begins
NOTHING = PreviewPost(1, "Слава Україні!", ON - timedelta(hours=3))

OWN_PREVIEWS = {
    "ohchr": '[channels."t.me/ohchr_copy"]\nlabel = "Telegram"\naddress = "ohchr_copy"\n'
    '[channels."t.me/ohchr_copy".routes]\ntelegram_web = { enabled = true }\n',
    "unhcr": '[channels."t.me/unhcr_copy"]\nlabel = "Telegram"\naddress = "unhcr_copy"\n'
    '[channels."t.me/unhcr_copy".routes]\ntelegram_web = { enabled = true }\n',
    "find-your-own": 'name = "Find Your Own"\nabout = "russia"\ntime_zone = "Europe/Kyiv"\nlanguages = ["uk", "en"]\n'
    'start = 2022-02-24\n[channels."t.me/find_your_own"]\nlabel = "Telegram"\naddress = "find_your_own"\n'
    '[channels."t.me/find_your_own".routes]\ntelegram_web = { enabled = true }\n',
}


@dataclass(frozen=True)
class Row:
    """What was stated, by whom, and what the desk is told; `before` stood there when watching began."""

    source: str
    posted: datetime
    subject: str
    figures: dict[str, tuple[int, str]]
    severity: Severity | None = None  # None: nothing is told
    reason: str = ""
    before: str = ""
    texts: dict[str, str] = field(default_factory=dict)


def exactly(**figures: int) -> dict[str, tuple[int, str]]:
    return {category: (value, "exact") for category, value in figures.items()}


LIST_OF_1_MARCH = """Загальні бойові втрати противника з 24.02 по 01.03 орієнтовно склали:
особового складу ‒ близько 5710 осіб,
танків ‒ 198 од,
бойових броньованих машин ‒ 846 од,
артилерійських систем – 77 од,
РСЗВ - 24 од,
засоби ППО - 7 од,
літаків – 29 од,
гелікоптерів – 29 од,
цистерн з ПММ - 60 од."""
LIST_OF_2_MARCH = """Загальні бойові втрати противника з 24.02 по 02.03 орієнтовно склали:
особового складу ‒ близько 5840 осіб,
танків ‒ 211 од,
бойових броньованих машин ‒ 862 од,
артилерійських систем – 85 од,
РСЗВ - 40 од,
засоби ППО - 9 од,
літаків – 30 од,
гелікоптерів – 31 од,
цистерн з ПММ - 60 од.
Дані уточнюються."""

ROWS = {
    "1 the General Staff's list": Row(
        "general-staff-ua",
        datetime(2022, 3, 2, 6, 10, tzinfo=UTC),
        "russia",
        exactly(tanks=211, afv=862, artillery=85, mlrs=40, anti_air=9, aircraft=30, helicopters=31, fuel_tanks=60)
        | {"personnel_losses": (5840, "about")},
        Severity.URGENT,
        "rare",
        before=LIST_OF_1_MARCH,
        texts={
            "uk list": LIST_OF_2_MARCH,
            "en list": """The total combat losses of the enemy from 24.02 to 02.03 were approximately:
personnel ‒ about 5840 persons,
tanks ‒ 211 units,
APV ‒ 862 units,
artillery systems – 85 units,
MLRS - 40 units,
Anti-aircraft warfare systems - 9 units,
aircraft – 30 units,
helicopters – 31 units,
fuel tanks - 60 units.
Data are being updated.""",
            "ru list": """Общие боевые потери противника с 24.02 по 02.03 ориентировочно составили:
личного состава ‒ около 5840 человек,
танков ‒ 211 ед,
боевых бронированных машин ‒ 862 ед,
артиллерийских систем – 85 ед,
РСЗО - 40 ед,
средств ПВО - 9 ед,
самолетов – 30 ед,
вертолетов – 31 ед,
цистерн с ГСМ - 60 ед.
Данные уточняются.""",
            "uk sentence": "З початку вторгнення російські війська втратили близько 5840 осіб особового складу, 30 літаків,"
            " 31 гелікоптер, 211 танків, 862 бойові броньовані машини, 85 артилерійських систем, 9 засобів ППО,"
            " 60 цистерн з ПММ і 40 РСЗВ, повідомив Генштаб.",
            "en sentence": "Russia has lost about 5,840 personnel, 30 airplanes, 31 helicopters, 211 tanks,"
            " 862 armoured vehicles, 85 artillery systems, nine anti-aircraft warfare systems, 60 fuel tanks and"
            " 40 multiple rocket launchers since the invasion began, Ukraine's General Staff said.",
            "ru sentence": "С начала вторжения российские войска потеряли около 5840 человек личного состава, 30 самолетов,"
            " 31 вертолет, 211 танков, 862 боевые бронированные машины, 85 артиллерийских систем, 9 средств ПВО,"
            " 60 цистерн с ГСМ и 40 РСЗО, сообщил Генштаб Украины.",
        },
    ),
    "2 Russia's own losses": Row(
        "defence-ministry-ru",
        datetime(2022, 3, 2, 16, 50, tzinfo=UTC),
        "russia",
        exactly(personnel_killed=498, personnel_wounded=1597),
        Severity.URGENT,
        "first_is_news",
        texts={
            "ru briefing": "Почти 500 российских военнослужащих погибли, еще 1600 ранены\n\n"
            "В ходе специальной военной операции есть потери среди наших товарищей. С ее начала погибли 498 российских"
            " военнослужащих, 1597 военнослужащих получили ранения.",
            "en briefing": "Nearly 500 Russian servicemen killed, 1,600 more wounded\n\n"
            "Since the start of the special military operation 498 Russian servicemen have been killed and"
            " 1,597 servicemen have been wounded.",
            "uk briefing": "Майже 500 російських військових загинули, ще 1600 поранені\n\n"
            "З початку операції загинули 498 російських військовослужбовців, 1597 військовослужбовців поранено.",
            "ru sentence": "С начала операции погибли 498 российских военнослужащих, 1597 военнослужащих ранены, заявили"
            " в Минобороны России.",
            "en sentence": "Russia's Defence Ministry said that 498 Russian soldiers had been killed and 1,597 soldiers"
            " wounded since the start of the operation.",
            "uk sentence": "Міноборони Росії визнало, що з початку вторгнення загинули 498 російських військових, ще"
            " 1597 військових поранено.",
        },
    ),
    "3 Ukraine's losses": Row(
        "defence-ministry-ru",
        datetime(2022, 3, 1, 12, 40, tzinfo=UTC),
        "ukraine",
        exactly(
            tanks_and_afv=311,
            aircraft_and_helicopters=42,
            mlrs=51,
            artillery_and_mortars=147,
            special_military_vehicles=263,
        ),
        Severity.URGENT,
        "rare",
        before="Всего за время операции уничтожено: 254 танка и других боевых бронированных машин, 31 самолет и"
        " вертолет, 46 установок реактивных систем залпового огня, 103 орудия полевой артиллерии и минометов,"
        " 164 единицы специальной военной автомобильной техники.",
        texts={
            "ru briefing": "Брифинг Минобороны России (1 марта)\n\nВсего за время операции уничтожено: 311 танков и других"
            " боевых бронированных машин, 42 самолета и вертолета, 51 установка реактивных систем залпового огня,"
            " 147 орудий полевой артиллерии и минометов, 263 единицы специальной военной автомобильной техники.",
            "en briefing": "In total since the start of the operation, 311 tanks and other armored combat vehicles,"
            " 42 aircraft and helicopters, 51 multiple rocket launchers, 147 field artillery guns and mortars,"
            " 263 special military vehicles have been destroyed.",
            "uk briefing": "Усього з початку операції знищено: 311 танків та інших бойових броньованих машин, 42 літаки та"
            " вертольоти, 51 реактивна система залпового вогню, 147 гармат польової артилерії та мінометів,"
            " 263 одиниці спеціальної військової автомобільної техніки.",
            "ru sentence": "С начала операции уничтожены 311 танков и других боевых бронированных машин, 42 самолета и"
            " вертолета, 51 РСЗО, 147 орудий полевой артиллерии и минометов и 263 единицы специальной военной"
            " автомобильной техники, заявило Минобороны России.",
            "en sentence": "Russia's Defence Ministry said it had destroyed 311 Ukrainian tanks and other armoured combat"
            " vehicles, 42 aircraft and helicopters, 51 multiple rocket launchers, 147 field artillery guns and mortars"
            " and 263 special military vehicles since the start of the operation.",
            "uk sentence": "Міноборони Росії заявило, що з початку операції знищило 311 танків та інших бойових броньованих"
            " машин, 42 літаки та вертольоти, 51 РСЗВ, 147 гармат польової артилерії та мінометів і 263 одиниці"
            " спеціальної військової автомобільної техніки.",
        },
    ),
    "4 civilians, by the interior ministry": Row(
        "interior-ministry-ua",
        datetime(2022, 3, 1, 10, 30, tzinfo=UTC),
        "civilians",
        exactly(civilians_killed=352, children_killed=14),
        Severity.ROUTINE,
        "new",
        texts={
            "uk post": "Від початку вторгнення загинули 352 цивільні особи, серед них 14 дітей.",
            "en post": "Since the start of the invasion 352 civilians have been killed, among them 14 children.",
            "ru post": "С начала вторжения погибли 352 мирных жителя, среди них 14 детей.",
            "uk sentence": "За даними МВС, з початку вторгнення загинули 352 мирні жителі, зокрема 14 дітей.",
            "en sentence": "352 civilians, including 14 children, have been killed since the invasion began, Ukraine's"
            " interior ministry said.",
            "ru sentence": "По данным МВД Украины, с начала вторжения погибли 352 гражданских, в том числе 14 детей.",
        },
    ),
    "5 civilians, by the rescuers": Row(
        "emergency-service-ua",
        datetime(2022, 3, 2, 13, 5, tzinfo=UTC),
        "civilians",
        {"civilians_killed": (2000, "over")},
        Severity.ROUTINE,
        "new",
        texts={
            "uk post": "Понад 2000 цивільних загинули з початку вторгнення.",
            "en post": "More than 2,000 civilians have been killed since the start of the invasion.",
            "ru post": "С начала вторжения погибли более 2000 мирных жителей.",
            "uk sentence": "За тиждень повномасштабного вторгнення, від 24 лютого, загинули понад 2000 мирних жителів,"
            " повідомила ДСНС.",
            "en sentence": "Russia's invasion has killed more than 2,000 Ukrainian civilians since 24 February, the State"
            " Emergency Service said.",
            "ru sentence": "Более 2000 мирных жителей погибли с начала вторжения, сообщила ГСЧС Украины.",
        },
    ),
    "6 civilians, by the UN": Row(
        "ohchr",
        datetime(2022, 3, 1, 11, 0, tzinfo=UTC),
        "civilians",
        exactly(civilians_killed=136),
        Severity.ROUTINE,
        "new",
        texts={
            "en post": "Since 24 February our Office has recorded 136 civilians killed. The real toll is much higher.",
            "uk post": "З 24 лютого ми зафіксували 136 загиблих цивільних. Справжня кількість значно більша.",
            "ru post": "С 24 февраля мы зафиксировали 136 погибших гражданских лиц. Настоящее число намного выше.",
            "en sentence": "The UN human rights office said 136 civilians had been killed since the invasion began, and"
            " that the real figure was likely much higher.",
            "uk sentence": "Управління ООН з прав людини повідомило, що з початку вторгнення загинули 136 цивільних.",
            "ru sentence": "Управление ООН по правам человека сообщило, что с начала вторжения погибли 136 мирных жителей.",
        },
    ),
    "7 refugees": Row(
        "unhcr",
        datetime(2022, 3, 2, 12, 0, tzinfo=UTC),
        "refugees",
        {"refugees": (874_000, "about")},
        Severity.ROUTINE,
        "new",
        texts={
            "en post": "Roughly 874,000 refugees have fled Ukraine since 24 February. The number is likely to cross"
            " 1 million soon.",
            "uk post": "Приблизно 874 000 біженців виїхали з України з 24 лютого. Їх може стати понад 1 мільйон.",
            "ru post": "Примерно 874 000 беженцев покинули Украину с 24 февраля. Их число может превысить 1 миллион.",
            "en sentence": "Some 874,000 refugees have fled since the start of the invasion, the UN refugee agency said,"
            " and the figure is likely to cross 1 million.",
            "uk sentence": "З початку вторгнення Україну залишили близько 874 тис. біженців, повідомило УВКБ ООН.",
            "ru sentence": "С начала вторжения Украину покинули около 874 тысяч беженцев, сообщило УВКБ ООН.",
        },
    ),
    "8 captured soldiers": Row(
        "find-your-own",
        datetime(2022, 3, 1, 18, 0, tzinfo=UTC),
        "russia",
        {},
        texts={
            "uk post": "Полонений: рядовий, 2002 року народження, військова частина 91701. Йому 19 років, 2 сестри.",
            "en post": "Captured near Kharkiv: a private, born in 2002, of unit 91701. He is 19 and has 2 sisters.",
            "ru post": "Взят в плен рядовой, 2002 г.р., в/ч 91701. Ему 19 лет, дома ждут 2 сестры.",
            "uk sentence": "На каналі з'явилося фото 21-річного водія танка Т-72, документ № 123456.",
            "en sentence": "The channel shows the papers, No. 123456, of a 21-year-old who drove a T-72 tank.",
            "ru sentence": "В канале опубликовано фото 21-летнего водителя танка Т-72, документ № 123456.",
        },
    ),
    "9 a figure in a speech": Row(
        "president-ua",
        datetime(2022, 3, 2, 19, 30, tzinfo=UTC),
        "russia",
        {"personnel_killed": (5800, "over")},
        Severity.URGENT,
        "first_is_news",
        texts={
            "uk post": "Сьогодні сьомий день, як ми разом. Від 24 лютого вбито понад 5800 російських солдатів. Вони не"
            " знають наших столиць.",
            "en post": "This is our seventh day together. Since 24 February more than 5,800 Russian soldiers have been"
            " killed. They know nothing of our cities.",
            "ru post": "Сегодня седьмой день, как мы вместе. С 24 февраля убито более 5800 российских солдат. Они ничего не"
            " знают о наших городах.",
            "uk sentence": "З початку вторгнення вбито понад 5800 російських солдатів, заявив президент.",
            "en sentence": "More than 5,800 Russian soldiers have been killed since the invasion began, the president said.",
            "ru sentence": "С начала вторжения убито более 5800 российских солдат, заявил президент.",
        },
    ),
}

SAME_AGAIN = {
    "en, combined": "Russia has lost 61 aircraft and over 200 tanks since the invasion began, Ukraine's General Staff said.",
    "en, up to": "Russia has lost up to 5,840 troops since the invasion began, Ukraine's General Staff said.",
    "en, killed": "Ukraine says its forces have killed 5,840 Russian soldiers since the invasion began.",
    "en, vehicles": "Russia has lost 862 vehicles since the invasion began, Ukraine's General Staff said.",
    "uk": "З початку вторгнення російські війська втратили до 5840 військових, 61 літак, понад 200 танків і 862"
    " бронемашини, повідомив Генштаб.",
    "ru": "С начала вторжения российские войска потеряли до 5840 военных, 61 самолет, более 200 танков и 862"
    " бронемашины, сообщил Генштаб Украины.",
}


def cases():
    for name, row in ROWS.items():
        for form, text in row.texts.items():
            yield pytest.param(row, text, id=f"{name}, {form}")


async def told(folder, row: Row, *texts: str) -> tuple[list[Alert], tuple[Claim, ...]]:
    """Publish the texts one after the other; return what the desk is told of the last one, and what was read from it."""
    for name, toml in OWN_PREVIEWS.items():
        path = folder / "config" / "sources" / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(toml, "utf-8")
    clock = FixedClock(ON)
    with PreviewServer() as server:
        async with assembled(settings_for(folder, server.base_url), clock) as app:
            place = place_of(app, row.source)
            address = place.channel.address
            server.add_channel(PreviewChannel.of(address, NOTHING))
            if row.before:
                server.add(address, PreviewPost(2, row.before, ON - timedelta(hours=1)))
            await read(app, row.source)
            for number, text in enumerate(texts, start=3):
                clock.at = row.posted + timedelta(minutes=10 * number)
                server.add(address, PreviewPost(number, text, clock.at))
                clock.pass_by(seconds=38)
                report = await read(app, row.source)

            def look(store):
                with store.transaction() as tx:
                    kept = tx.find(place.channel.key, str(2 + len(texts)))
                    return [tx.alert(number) for number in report.alerts], kept.reading.claims

            return await app.call(look)


@pytest.mark.parametrize(("row", "text"), [*cases()])
async def test_a_statement_of_the_first_week_is_read_and_told(tmp_path, row, text):
    alerts, claims = await told(tmp_path, row, text)
    assert {claim.category: (claim.value, claim.qualifier.value) for claim in claims} == row.figures
    assert all((claim.subject, claim.scope) == (row.subject, Scope.TOTAL) for claim in claims)
    assert {claim.claimant for claim in claims} <= {None, row.source}
    expected = [] if row.severity is None else [(row.severity, row.reason, row.source)]
    assert [(alert.severity, alert.reason, alert.source) for alert in alerts] == expected


@pytest.mark.parametrize("form", SAME_AGAIN)
async def test_the_lists_figures_in_other_words_are_not_told_again(tmp_path, form):
    row = ROWS["1 the General Staff's list"]
    alerts, claims = await told(tmp_path, row, LIST_OF_2_MARCH, SAME_AGAIN[form])
    assert not {claim.category for claim in claims} & {"vehicles", "personnel_killed"}
    assert alerts == []


async def test_what_was_seized_is_not_taken_for_destroyed(tmp_path):
    row = ROWS["1 the General Staff's list"]
    seized = "Since the invasion began Ukrainian forces have seized 40 multiple rocket launchers."
    alerts, claims = await told(tmp_path, row, LIST_OF_2_MARCH, seized)
    assert "mlrs" not in {claim.category for claim in claims}
    assert alerts == []


async def test_figures_that_could_not_be_verified_carry_that_caveat_wherever_they_go(tmp_path):
    row = ROWS["6 civilians, by the UN"]
    (alert,), _ = await told(tmp_path, row, row.texts["en post"])
    caveat = "it believes the true figures to be considerably higher"
    assert any(caveat in line.text for line in alert.lines)
    assert "considerably higher" in alert.copy_text
