"""The entry point: `monitor …` and `python -m monitor …`."""

import sys


def main() -> None:
    """Run one command. `health` is answered without loading the command line: it is asked every few seconds."""
    if sys.argv[1:2] == ["health"] and "--help" not in sys.argv:
        from monitor import health  # noqa: PLC0415

        sys.exit(health.main(sys.argv[2:]))
    try:
        from monitor.cli import app  # noqa: PLC0415

        app()
    except KeyboardInterrupt:  # before the command line could see to it
        sys.exit(130)


if __name__ == "__main__":
    main()
