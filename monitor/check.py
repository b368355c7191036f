"""Do words and patterns read what their examples say, and is anybody told? Pure but for the settings it is given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from monitor.errors import Fault
from monitor.model import Post, Reading, Severity, Source
from monitor.parse.reader import Grammar, compile_grammar, read
from monitor.settings import Settings


def check(settings: Settings) -> list[Fault]:
    """Return what the examples disprove, further words that no example proves, and alerts that nobody would get."""
    grammar = compile_grammar(settings.languages, settings.categories)
    examples = [fault for source in settings.sources.values() for fault in _faults(source, grammar)]
    return [*examples, *_untold(settings)]


def _untold(settings: Settings) -> Iterator[Fault]:
    for severity in Severity:
        if not any(getattr(desk, severity) for desk in settings.desks):
            right = f"Name a destination: {severity} = [{', '.join(map(json.dumps, settings.destinations))}]"
            yield Fault("desks.toml", "desks", f"{severity} alerts go nowhere", right)
    for key, source in settings.sources.items():
        watched = any(route.enabled for channel in source.channels for route in channel.routes)
        if watched and not any(not desk.sources or key in desk.sources for desk in settings.desks):
            right = f"Name {key} in the sources of a desk in desks.toml, or write enabled = false here"
            yield Fault(f"sources/{key}.toml", "the source", "it is watched, and no desk is told of it", right)


def _faults(source: Source, grammar: Grammar) -> Iterator[Fault]:
    file = f"sources/{source.key}.toml"
    for number, pattern in enumerate(source.patterns):
        reading = _read(pattern.example, source, grammar)
        yield from _differences(reading, pattern.expect, pattern.scope, file, f"patterns[{number}].example")
    for number, example in enumerate(source.examples):
        reading = _read(example.text, source, grammar)
        yield from _differences(reading, example.expect, example.scope, file, f"examples[{number}].text")
    yield from _unproven(source, file)


def _read(text: str, source: Source, grammar: Grammar) -> Reading:
    channel = source.channels[0].key if source.channels else source.key
    return read(Post(channel=channel, id="example", text=text), grammar, source)


def _differences(reading: Reading, expect: Mapping[str, int], scope: str, file: str, key: str) -> Iterator[Fault]:
    found = {claim.category: claim.value for claim in reading.claims if claim.scope.value == scope}
    for slug, value in expect.items():
        if found.get(slug) != value:
            said = "nothing" if slug not in found else f"{found[slug]}"
            others = f" ({_listed(found)} were read as {scope})" if found and slug not in found else ""
            right = "Correct the example, the words or the expression; monitor parse --explain shows what was read"
            yield Fault(file, key, f"{slug} should be read as {scope} {value}, and is read as {said}{others}", right)


def _unproven(source: Source, file: str) -> Iterator[Fault]:
    """A further wording counts only if an example shows it at work."""
    for slug, words in source.words.items():
        texts = [example.text.casefold() for example in source.examples if slug in example.expect]
        for word in words:
            if not any(word.casefold() in text for text in texts):
                right = f"Add [[examples]] with a text that has it, and expect = {{ {slug} = … }}"
                yield Fault(file, f"words.{slug}", f"no example shows {word!r} at work", right)


def _listed(found: Mapping[str, int | None]) -> str:
    return ", ".join(f"{slug} {value}" for slug, value in found.items())
