"""Text to paste: the same facts as sentences, through a template; every sentence names its claimant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.model import Change, ChangeKind, Doubt, Post, Scope, Tally
from monitor.render import figures
from monitor.render.clean import clean
from monitor.render.context import Context
from monitor.render.flags import is_headed
from monitor.render.headlines import principals
from monitor.render.wording import (
    adjective,
    as_of,
    claimant,
    has,
    is_loss,
    noun,
    period,
    since,
    verb,
    within_a_day,
)

_PAST = {"says": "said", "reports": "reported", "states": "stated", "estimates": "estimated", "counts": "reported"}
_NEVER_VERIFIED = "Not independently verified."
_ALL_NAMED = 6  # a list of at most this many changes is told in full; of a longer one only what is flagged
_RECENT_DAYS = 6  # within a week the day's name is enough

COPY = """\
{%- macro moved(item) -%}
{%- if item.direction == "decrease" -%}
, down from {{ item.before }} in its previous report
{%- elif item.direction -%}
, an increase of {{ item.amount }} {{ item.interval if item.printed is none else "by its totals" }}
{%- endif -%}
{%- if item.printed is not none %}, although its post gives the change as {{ item.printed }}{% endif -%}
{%- endmacro -%}
{%- macro clause(item, spanned) -%}
{%- if item.lost -%}
{{ item.forces }} had lost {{ item.figure }} {{ item.noun }}
{%- if spanned %}{{ item.span }}{% endif %}{{ moved(item) }}
{%- else -%}
the number of {{ item.noun }}
{%- if spanned %}{{ item.span }}{{ "," if item.since }}{% endif %}
{{ "was" if item.period else "stood at" }} {{ item.figure }}{{ moved(item) }}
{%- endif -%}
{%- endmacro -%}
{{ claimant }} {{ said }} on {{ day }} that {{ clause(lead, true) }}.
{%- for item in others %}
{% if loop.first %}{{ claimant }} also {{ said }} that {% elif loop.last %}and that {% else %}that {% endif -%}
{{ clause(item, loop.first or item.span != loop.previtem.span) }}{{ "." if loop.last else ";" }}
{%- endfor %}
{{ caveat }}
"""

EDITED = """\
{%- for item in items %}
{{ claimant }} edited its post of {{ day }}
{%- if item.withdrawn %} and no longer gives a figure for {{ item.noun }}; it first said {{ item.before }}.
{%- else %} and now {{ says }} that
{%- if item.lost %} {{ item.forces }} have lost {{ item.figure }} {{ item.noun }}{{ item.span }}
{%- else %} the number of {{ item.noun }}{{ item.span }}{{ "," if item.since }}
{{ "was" if item.period else "stands at" }} {{ item.figure }}
{%- endif %}
{%- if item.before %}; it first said {{ item.before }}{% endif %}.
{%- endif %}
{%- endfor %}
{{ caveat }}
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One figure as a template sees it: everything is text, empty where it does not apply."""

    noun: str
    figure: str
    lost: bool
    forces: str = ""
    since: str = ""
    period: str = ""
    before: str = ""
    direction: str = ""  # "increase" or "decrease"
    amount: str = ""
    interval: str = ""
    printed: str | None = None
    withdrawn: bool = False

    @property
    def span(self) -> str:
        """What the figure covers, to stand behind the noun."""
        if self.period:
            return f" ({self.period})"
        return f" since {self.since}" if self.since else ""


@cache
def compiled(text: str) -> Template:
    """Compile a template; an unknown name in it is an error (`jinja2.TemplateError`), not a gap."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    return environment.from_string(text)


def copy_sentence(template: str, facts: Mapping[str, object]) -> str:
    """Return the template's text with the facts in it, on one line."""
    return " ".join(compiled(template).render(facts).split())


def copy_text(changes: Sequence[Change], post: Post, seen_at: datetime, context: Context) -> str:
    """Return what an editor can paste about one post; doubtful figures are left out, and nothing else may remain."""
    told = [change for change in changes if _can_be_pasted(change)]
    if not told:
        return ""
    lead = principals(told, context)[0] if principals(told, context) else told[0]
    others = [change for change in told if change is not lead]
    if len(told) > _ALL_NAMED:
        others = [change for change in others if is_headed(change, context) or change.kind is ChangeKind.FALL]
    day = as_of(changes, post, seen_at, context)
    facts = {
        **_common(context),
        "day": _spoken_day(post.published_at or seen_at, seen_at, context),
        "as_of": figures.style_book_day(day),
        "lead": item(lead, context),
        "others": [item(change, context) for change in others],
    }
    return copy_sentence(COPY, facts)


def edited_text(changes: Sequence[Change], day: date, context: Context) -> str:
    """Return what an editor can paste about an edit; `day` is the day the post counts for."""
    items = [item(change, context) for change in changes if not change.provisional]
    if not items:
        return ""
    return copy_sentence(EDITED, {**_common(context), "day": figures.style_book_day(day), "items": items})


def item(change: Change, context: Context) -> Item:
    """Return the facts of one change as texts."""
    lost, tally = is_loss(change.tally, context), change.tally
    now = figures.stated(change)
    withdrawn = change.kind is ChangeKind.WITHDRAWN
    start = since(change, context) if tally.scope == Scope.TOTAL else None
    stands = Item(
        noun=_noun(tally, lost=lost, context=context),
        figure="" if withdrawn or now is None else figures.words(now),
        lost=lost,
        forces=f"{adjective(tally.subject)} forces",
        since=figures.style_book_day(start) if start else "",
        period=period(change, context) if tally.scope == Scope.PERIOD else "",
        before=figures.words(change.before) if change.before else "",
        withdrawn=withdrawn,
    )
    return stands if change.difference is None else _moved(stands, change, change.difference, context)


def _moved(stands: Item, change: Change, difference: int, context: Context) -> Item:
    """Add by how much a total moved, and what the post prints where that does not fit."""
    mismatch = has(change, Doubt.DELTA_MISMATCH) and change.claim is not None and change.claim.delta is not None
    return replace(
        stands,
        direction="increase" if difference > 0 else "decrease",
        amount=f"{abs(difference):,}",
        interval=_interval(change, context),
        printed=f"{change.claim.delta:+,}" if mismatch and change.claim else None,
    )


def _can_be_pasted(change: Change) -> bool:
    told = (ChangeKind.NEW, ChangeKind.RISE, ChangeKind.FALL, ChangeKind.REFINED, ChangeKind.REPORTED)
    doubtful = has(change, Doubt.OUT_OF_RANGE, Doubt.DIGIT_SLIP, Doubt.SCOPE_UNSURE)
    return change.kind in told and not change.provisional and not doubtful and figures.stated(change) is not None


def _noun(tally: Tally, *, lost: bool, context: Context) -> str:
    name, whose = noun(tally, context), adjective(tally.subject)
    return name if lost or not whose or whose.lower() in name.lower() else f"{whose} {name}"


def _interval(change: Change, context: Context) -> str:
    if within_a_day(change):
        return "from an earlier post of the same day"
    if change.covers_days is not None:
        return f"over {figures.counted(change.covers_days, 'day')}"
    return "from a day earlier" if context.source.cadence == 1 else "from its previous report"


def _common(context: Context) -> dict[str, object]:
    caveat = clean(context.source.caveat)
    if caveat == _NEVER_VERIFIED:
        caveat = "The figures have not been independently verified."
    says = verb(context.source)
    return {"claimant": claimant(context.source), "says": says, "said": _PAST.get(says, "said"), "caveat": caveat}


def _spoken_day(posted: datetime, seen_at: datetime, context: Context) -> str:
    zone = ZoneInfo(context.source.time_zone)
    on = posted.astimezone(zone).date()
    if abs((seen_at.astimezone(zone).date() - on).days) <= _RECENT_DAYS:
        return figures.WEEKDAYS[on.weekday()]
    return figures.style_book_day(on)
