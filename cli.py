"""The program `link`: arguments in, one call, exit code out.

The commands stand in linkage/program, a module per role; each loads its flow when it is called, so that
`link --help` answers at once.
"""

from __future__ import annotations

import sys

import click

from linkage import __version__
from linkage.program import agreement, anyone, keys, matcher, party, reader, register, terminal
from linkage.program.conventions import Group


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="linkage", message="%(prog)s %(version)s")
def link() -> None:
    """Count unique people across registers that may not be merged.

    Each party turns its identity numbers into keyed tokens on its own machine (linkage export). A trusted
    matcher, who cannot compute tokens, counts them (linkage match). Analysts read the release.

    A whole round with made-up people: linkage demo
    """


for command in (
    anyone.demo,
    anyone.doctor,
    anyone.completion,
    agreement.agreement,
    keys.keys,
    party.secret,
    register.register,
    party.export,
    anyone.inspect,
    matcher.receive,
    matcher.status,
    matcher.match,
    matcher.purge,
    reader.report,
    reader.verify,
):
    link.add_command(command)


def main() -> None:
    """Entry point of `link` and `linkage`."""
    sys.exit(terminal.run(link))


if __name__ == "__main__":
    main()
