"""Any order of arrival ends in the same ledger."""

from bisect import insort

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Qualifier, ScopeBasis
from monitor.reconcile.fold import fold
from monitor.reconcile.held import Held
from monitor.reconcile.refold import StoredStep, refold
from tests.reconcile.ledger_of import RULES, claim, stated_on

EMPTY = StoredStep((), ())


class Ledger:
    """A ledger in memory with the rules of the stored one: append at the head, else fold again from the place."""

    def __init__(self):
        self.posts = {}
        self.steps = {}

    def take(self, stated, old_key=""):
        self.posts.pop(old_key, None)
        if stated.claims:
            self.posts[stated.order_key] = stated
        start = min(key for key in (stated.order_key, old_key) if key)
        later = [self.posts[key] for key in sorted(self.posts) if key >= start]
        gone = old_key if old_key != stated.order_key or not stated.claims else ""
        before = dict(self.steps)
        up_to = max(stated.order_key, old_key)
        for rewritten in refold(self.held(start), later, lambda key: before.get(key, EMPTY), gone, up_to, RULES, {}):
            self.steps[rewritten.order_key] = StoredStep(list(rewritten.step.entries), list(rewritten.step.settlements))

    def held(self, before="~"):
        held = Held()
        for key in sorted(self.steps):
            if key < before:
                held.apply(key, *self.steps[key])
        return held

    def rows(self):
        return {key: step for key, step in self.steps.items() if step.entries or step.settlements}


def folded_in_order(posts):
    held, rows = Held(), {}
    for stated in sorted(posts, key=lambda post: post.order_key):
        step = fold(stated, held, RULES, {})
        held.apply(stated.order_key, step.entries, step.settlements)
        if step.entries or step.settlements:
            rows[stated.order_key] = StoredStep(list(step.entries), list(step.settlements))
    return rows


values = st.one_of(st.integers(90, 130), st.integers(0, 2_000))
claims = st.lists(
    st.builds(
        claim,
        st.sampled_from(["tanks", "afv", "aircraft", "helicopters", "aircraft_and_helicopters"]),
        values,
        st.one_of(st.none(), st.integers(-5, 20)),
        st.sampled_from([Qualifier.EXACT, Qualifier.ABOUT, Qualifier.OVER]),
        st.sampled_from(list(ScopeBasis)),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one.category,
)


@st.composite
def histories(draw):
    days = draw(st.lists(st.integers(0, 25), min_size=1, max_size=14))
    return [
        stated_on(
            day,
            number,
            *draw(claims),
            channel=draw(st.sampled_from(["t.me/gs", "mod.gov.ua"])),
            rank=draw(st.sampled_from([10, 20])),
            dated=draw(st.booleans()),
        )
        for number, day in enumerate(days)
    ]


@given(histories(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_ends_in_the_same_ledger(posts, random):
    arrivals = list(posts)
    random.shuffle(arrivals)
    ledger = Ledger()
    for stated in arrivals:
        ledger.take(stated)
    assert ledger.rows() == folded_in_order(posts)


@given(histories(), claims, st.randoms(use_true_random=False), st.integers(0, 25))
def test_an_edit_that_moves_a_post_ends_where_the_edited_posts_alone_would(posts, edited, random, day):
    ledger = Ledger()
    for stated in random.sample(posts, len(posts)):
        ledger.take(stated)
    at = random.randrange(len(posts))
    old = posts[at]
    new = stated_on(day, at, *edited, channel=old.channel)
    ledger.take(new, old.order_key)
    assert ledger.rows() == folded_in_order([*posts[:at], new, *posts[at + 1 :]])


@given(histories(), st.randoms(use_true_random=False))
def test_a_post_whose_figures_are_edited_away_leaves_nothing_behind(posts, random):
    ledger = Ledger()
    for stated in posts:
        ledger.take(stated)
    at = random.randrange(len(posts))
    ledger.take(posts[at]._replace(claims=()), posts[at].order_key)
    assert ledger.rows() == folded_in_order(posts[:at] + posts[at + 1 :])


def test_a_post_far_back_folds_only_as_far_as_it_reaches():
    posts = [stated_on(day, day, claim("tanks", 100 + day, 1)) for day in range(300)]
    ledger = Ledger()
    for stated in posts[:100] + posts[101:]:
        ledger.take(stated)
    folded = []
    before = dict(ledger.steps)

    def stored(key):
        insort(folded, key)
        return before.get(key, EMPTY)

    start = posts[100].order_key
    later = [post for post in posts if post.order_key >= start]
    list(refold(ledger.held(start), later, stored, "", start, RULES, {}))
    assert len(folded) < 70, "plausibility looks back on sixty days, and no further"
