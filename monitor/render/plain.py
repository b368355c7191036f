"""An alert as plain text: for the terminal, for golden files, for services without styles."""

from __future__ import annotations

from monitor.model import Alert, Style, alert_name


def plain(alert: Alert) -> str:
    """Return the alert line by line; struck text stands between tildes, a block of rows between empty lines."""
    texts: list[str] = []
    in_rows = False
    for part in alert.lines:
        if (part.kind == "row") != in_rows and texts:
            texts.append("")
        in_rows = part.kind == "row"
        texts.append("".join(_struck(span.text) if span.style is Style.STRIKE else span.text for span in part.spans))
    return "\n".join(texts if alert.number is None else [*texts, alert_name(alert.number)])


def _struck(text: str) -> str:
    inner = text.strip()
    return text.replace(inner, f"~{inner}~", 1) if inner else text
