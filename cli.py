"""The program `link`: arguments in, one call, exit code out.

Imports click and nothing heavy: each command loads its flow when it is called, so `--help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from linkage import __version__
from linkage.commands import terminal
from linkage.commands.terminal import Group, Option, note, tell
from linkage.errors import Text, UsageError
from linkage.texts import current

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)


def option(*names: str, **kwargs: Any) -> Callable[[F], F]:
    """click.option, translated."""
    return click.option(*names, cls=Option, **kwargs)


agreement_option = option(
    "--agreement", type=FILE, default=Path("agreement.toml"), show_default=True, help="The agreement."
)
identity_option = option(
    "--identity", type=FILE, default=Path("identity.key"), show_default=True, help="One's own identity."
)
secret_option = option(
    "--secret", type=FILE, default=Path("secret.key"), show_default=True, help="The secret of the parties."
)
round_key_option = option(
    "--round-key", type=FILE, default=Path("round.key"), show_default=True, help="The key of this round."
)
ledger_option = option(
    "--ledger", default="sqlite:///ledger.db", show_default=True, help="The matcher's ledger, a database URL."
)
store_option = option(
    "--store", type=FILE, default=Path("packages"), show_default=True, help="Where sealed packages are kept."
)
passphrase_option = option("--passphrase-file", type=FILE, help="A file whose first line is the passphrase.")
no_passphrase_option = option("--no-passphrase", is_flag=True, help="Leave the key file unprotected.")


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="linkage", message="%(prog)s %(version)s")
def link() -> None:
    """Count unique people across registers that may not be merged.

    Each party turns its identity numbers into keyed tokens on its own machine (link export). A trusted
    matcher, who cannot compute tokens, counts them (link match). Analysts read the release.

    A whole round with made-up people: link demo
    """


# -- anyone -----------------------------------------------------------------------------------------------


@link.command()
@click.argument("name", default="malmo-2020")
@click.argument("folder", type=FILE, default=Path("demo"), metavar="[DIR]")
def demo(name: str, folder: Path) -> None:
    """Play a whole round with made-up registers.

    Makes the registers, plays every role through every step in DIR, and ends with the report's path.

    Example: link demo malmo-2020 demo
    """
    from linkage.commands import demo as flow

    facts = flow.demo(name, folder, progress=note)
    tell(facts.as_json(), facts.lines(), after=Text("open {path}", {"path": facts.report}))


@link.command()
@click.argument("folder", type=FILE, default=Path(), metavar="[DIR]")
def doctor(folder: Path) -> None:
    """Look at this machine: program, shell, clock, permissions.

    Also whether DIR (default: the current folder), where keys lie, is copied to a cloud.

    Example: link doctor
    """
    from linkage.commands.doctor import Level, examine

    findings = examine(folder)
    marks = {Level.OK: "  ok ", Level.WARNING: "warn ", Level.PROBLEM: "FAIL "}
    tell(
        {f.name: {"level": f.level.value, "text": str(f.text)} for f in findings},
        [Text("{mark} {text}", {"mark": marks[f.level], "text": f.text}) for f in findings],
    )
    if any(f.level is Level.PROBLEM for f in findings):
        click.get_current_context().exit(10)


@link.command()
@click.argument("file", type=FILE)
def inspect(file: Path) -> None:
    """Show what a package, key, receipt or release says of itself.

    No key is needed, and nothing is opened.

    Example: link inspect malmo-sok-1-malmo.link
    """
    from linkage.commands.inspect import inspect as look

    facts = look(file)
    tell(facts, [Text("{name}: {value}", {"name": name, "value": value}) for name, value in facts.items()])


@link.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script that completes commands in a shell.

    Example: linkage completion bash > ~/.local/share/bash-completion/completions/linkage
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError("no completion for {shell}", shell=shell)
    click.echo(kind(link, {}, "linkage", "_LINKAGE_COMPLETE").source())


# -- the agreement ----------------------------------------------------------------------------------------


@link.group(cls=Group)
def agreement() -> None:
    """Write, check and compare the agreement.

    The agreement says who counts what, for which purpose, and how results are protected.
    """


@agreement.command("new")
@click.argument("file", type=FILE, default=Path("agreement.toml"), metavar="[FILE]")
def agreement_new(file: Path) -> None:
    """Write a commented template with every key.

    Example: link agreement new agreement.toml
    """
    from linkage.commands.agreement import new

    path = new(file, current())
    tell(
        {"agreement": str(path)},
        [Text("written: {path}", {"path": path})],
        after=Text("fill in {path}, then: linkage agreement check {path}", {"path": path}),
    )


@agreement.command("check")
@click.argument("file", type=FILE, default=Path("agreement.toml"), metavar="[FILE]")
def agreement_check(file: Path) -> None:
    """Tell all problems at once; ready, with its digest, or a draft.

    Example: link agreement check agreement/agreement.toml
    """
    from linkage.commands.agreement import check

    facts = check(file)
    for warning in facts.warnings:
        note(Text("warning: {what}", {"what": warning}))
    if facts.digest is None:
        head = Text("{name} round {round} is a draft; missing: {missing}", facts.words())
        after = Text(
            "put everybody's NAME.pub beside it, then: linkage agreement fill {path}", {"path": file}
        )
    else:
        head = Text("{name} round {round} is ready; digest {digest}", facts.words())
        after = Text("compare the digest by phone with every party and the matcher")
    tell(facts.as_json(), [head], after=after)


@agreement.command("fill")
@click.argument("file", type=FILE, default=Path("agreement.toml"), metavar="[FILE]")
def agreement_fill(file: Path) -> None:
    """Put in the fingerprints of the *.pub files beside it.

    Comments and layout stay.

    Example: link agreement fill agreement/agreement.toml
    """
    from linkage.commands.agreement import fill

    facts = fill(file)
    tell(
        facts.as_json(),
        [
            Text("filled in: {names}", {"names": ", ".join(facts.filled) or "–"}),
            *([Text("still missing: {names}", {"names": ", ".join(facts.missing)})] if facts.missing else []),
        ],
        after=Text("linkage agreement check {path}", {"path": file}),
    )


@agreement.command("pack")
@click.argument("file", type=FILE, default=Path("agreement.toml"), metavar="[FILE]")
@option("--out", type=FILE, help="The zip to write; default NAME-ROUND.zip.")
def agreement_pack(file: Path, out: Path | None) -> None:
    """Zip the agreement and the public keys that it names, and nothing else.

    Example: link agreement pack agreement/agreement.toml
    """
    from linkage.commands.agreement import pack

    facts = pack(file, out)
    tell(
        facts.as_json(),
        [Text("written: {path}", {"path": facts.path})],
        after=Text(
            "send {path} to every party and the matcher; it holds nothing secret", {"path": facts.path}
        ),
    )


@agreement.command("show")
@click.argument("file", type=FILE, default=Path("agreement.toml"), metavar="[FILE]")
@option("--out", type=FILE, help="Write a web page to this file instead of text.")
def agreement_show(file: Path, out: Path | None) -> None:
    """Show what it says, for a jurist to read.

    Example: link agreement show agreement/agreement.toml --out agreement.html
    """
    from linkage.commands.agreement import show

    facts = show(file, current(), out)
    tell(facts.as_json(), [facts.text], after=facts.after)


@agreement.command("diff")
@click.argument("one", type=FILE)
@click.argument("other", type=FILE)
def agreement_diff(one: Path, other: Path) -> None:
    """Tell what differs between two agreements, layout and comments aside.

    Example: link agreement diff mine.toml theirs.toml
    """
    from linkage.commands.agreement import diff

    found = diff(one, other)
    tell({"differences": [str(d) for d in found]}, found or ["no difference"])


@agreement.command("next")
@click.argument("file", type=FILE, default=Path("agreement.toml"), metavar="[FILE]")
@option("--out", type=FILE, help="The agreement to write; default NAME-ROUND.toml.")
def agreement_next(file: Path, out: Path | None) -> None:
    """Write the next round: number up, window moved, a new round key wanted.

    Example: link agreement next agreement/agreement.toml
    """
    from linkage.commands.agreement import next_round

    facts = next_round(file, out)
    tell(
        facts.as_json(),
        [Text("written: {path}", {"path": facts.path}), *facts.notes],
        after=Text(
            "check the window and the questions, then let the matcher make a round key: "
            "linkage keys round --agreement-name {name} --round {round}",
            {"name": facts.name, "round": facts.round},
        ),
    )


# -- keys -------------------------------------------------------------------------------------------------


@link.group(cls=Group)
def keys() -> None:
    """Make and show identities and round keys."""


@keys.command("init")
@click.argument("name")
@no_passphrase_option
@passphrase_option
def keys_init(name: str, no_passphrase: bool, passphrase_file: Path | None) -> None:
    """Make an identity: identity.key for you alone, NAME.pub for everybody.

    Example: link keys init malmo
    """
    from linkage.commands.keys import init

    made = init(name, Path(), terminal.passphrase_for_writing(passphrase_file, no_passphrase))
    tell(
        {
            "name": made.name,
            "fingerprint": made.fingerprint,
            "key": str(made.key),
            "public": str(made.public),
        },
        [
            Text("{path}: yours alone, never to be sent", {"path": made.key}),
            Text(
                "{path}: for everybody; fingerprint {fingerprint}",
                {"path": made.public, "fingerprint": made.fingerprint},
            ),
        ],
        after=Text(
            "send {path} to whoever writes the agreement, and tell the fingerprint by phone",
            {"path": made.public},
        ),
    )


@keys.command("show")
@click.argument("files", type=FILE, nargs=-1, required=True)
def keys_show(files: tuple[Path, ...]) -> None:
    """Show the fingerprints of public keys.

    Example: link keys show agreement/*.pub
    """
    from linkage.commands.keys import show

    shown = show(files)
    tell(
        {name: {"fingerprint": entry["fingerprint"]} for name, entry in shown.items()},
        [
            Text("{name}  {fingerprint}", {"name": name, "fingerprint": e["fingerprint"]})
            for name, e in shown.items()
        ],
    )


@keys.command("round")
@option("--agreement-name", required=True, help="The agreement's name, without the round.")
@option("--round", "number", type=click.IntRange(min=1), required=True, help="The number of the round.")
@identity_option
@ledger_option
@no_passphrase_option
@passphrase_option
@option("--identity-passphrase-file", type=FILE, help="The identity's passphrase, where it is another.")
def keys_round(
    agreement_name: str,
    number: int,
    identity: Path,
    ledger: str,
    no_passphrase: bool,
    passphrase_file: Path | None,
    identity_passphrase_file: Path | None,
) -> None:
    """Make the key of a round (matcher): round.key and NAME-round.pub.

    Packages are sealed to it. Keep it apart from the packages, never copy it, never back it up.

    Example: link keys round --agreement-name malmo-sok --round 1
    """
    from linkage.commands.matcher import round_key

    made = round_key(
        agreement_name,
        number,
        identity=identity,
        folder=Path(),
        passphrase=terminal.passphrase_for_writing(passphrase_file, no_passphrase),
        ask=terminal.passphrase_for_reading(identity_passphrase_file or passphrase_file),
        ledger=ledger,
    )
    tell(
        made.as_json(),
        [
            Text("{path}: keep it apart from the packages; never copy it", {"path": made.key}),
            Text(
                "{path}: for everybody; fingerprint {fingerprint}",
                {"path": made.public, "fingerprint": made.fingerprint},
            ),
        ],
        after=Text("send {path} to whoever writes the agreement", {"path": made.public}),
    )


# -- a party ----------------------------------------------------------------------------------------------


@link.group(cls=Group)
def secret() -> None:
    """Make, accept or destroy the secret that the parties share.

    The matcher must never have it.
    """


@secret.command("create")
@agreement_option
@identity_option
@secret_option
@no_passphrase_option
@passphrase_option
def secret_create(
    agreement: Path, identity: Path, secret: Path, no_passphrase: bool, passphrase_file: Path | None
) -> None:
    """Make the secret, and a sealed secret-PARTY.link for each other party.

    A passphrase is asked for where the identity has one, unless --no-passphrase. Run again, it hands the
    same secret over again.

    Example: link secret create --agreement agreement/agreement.toml
    """
    from linkage.commands.keys import create_secret

    made = create_secret(
        agreement,
        identity=identity,
        secret=secret,
        folder=Path(),
        passphrase=_passphrase_like(identity, secret, passphrase_file, no_passphrase),
        ask=terminal.passphrase_for_reading(passphrase_file),
    )
    handed = {party: str(path) for party, path in made.handed.items()}
    tell(
        {"family": made.family, "secret": str(made.key), "handed": handed},
        [
            Text(
                "{path}: the secret of {family}; guard it like the register",
                {"path": made.key, "family": made.family},
            ),
            *[
                Text("{path}: sealed, for {party} alone", {"path": path, "party": party})
                for party, path in handed.items()
            ],
        ],
        after=Text("send each file to its party, and nothing of this to the matcher"),
    )


@secret.command("accept")
@click.argument("file", type=FILE)
@agreement_option
@identity_option
@secret_option
@no_passphrase_option
@passphrase_option
def secret_accept(
    file: Path,
    agreement: Path,
    identity: Path,
    secret: Path,
    no_passphrase: bool,
    passphrase_file: Path | None,
) -> None:
    """Open the secret that another party handed over.

    Example: link secret accept secret-af.link --agreement agreement/agreement.toml
    """
    from linkage.commands.keys import accept_secret

    accepted = accept_secret(
        file,
        agreement,
        identity=identity,
        secret=secret,
        passphrase=_passphrase_like(identity, secret, passphrase_file, no_passphrase),
        ask=terminal.passphrase_for_reading(passphrase_file),
    )
    words: dict[str, object] = {"path": accepted.key, "family": accepted.family, "maker": accepted.maker}
    tell(
        {"family": accepted.family, "secret": str(accepted.key), "maker": accepted.maker},
        [
            Text("{path} holds this secret already: nothing changed", words)
            if accepted.already
            else Text("{path}: the secret of {family}, made by {maker}; guard it like the register", words)
        ],
        after=Text("delete {file}, then: linkage export --dry-run", {"file": file}),
    )


@secret.command("destroy")
@identity_option
@secret_option
@option("--out", type=FILE, default=Path("secret-destroyed.json"), show_default=True, help="The receipt.")
@option("--yes", is_flag=True, help="Do not ask.")
@passphrase_option
def secret_destroy(identity: Path, secret: Path, out: Path, yes: bool, passphrase_file: Path | None) -> None:
    """Destroy the secret, and write a signed receipt.

    No package of the family can be made any more. Copies and backups must be destroyed by their keepers.

    Example: link secret destroy
    """
    import datetime as dt

    from linkage.commands.keys import destroy_secret

    _sure(yes, Text("destroy {path} for good?", {"path": secret}))
    gone = destroy_secret(
        identity=identity,
        secret=secret,
        out=out,
        ask=terminal.passphrase_for_reading(passphrase_file),
        now=f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
    )
    tell(
        {"family": gone.family, "receipt": str(gone.receipt)},
        [Text("destroyed: the secret of {family}", {"family": gone.family})],
        after=Text("file {path} with the decision", {"path": gone.receipt}),
    )


@link.command()
@click.argument("registers", type=FILE, nargs=-1, metavar="[REGISTER]...")
@agreement_option
@option("--map", "register_map", type=FILE, help="The register map; default register.toml, if it is there.")
@option("--id", "identifier", help="Column of identity numbers (without a map).")
@option("--series", help="The series that the rows belong to (without a map).")
@option("--start", help="Column of first days (without a map).")
@option("--end", help="Column of last days; empty means still there (without a map).")
@option("--extracted", help="Day of the extract, 2021-01-15; default the agreement's last day.")
@option("--encoding", help="Encoding of the registers; this version reads utf-8.")
@identity_option
@secret_option
@option("--out", type=FILE, help="The package to write; default NAME-ROUND-PARTY.link.")
@option("--dry-run", is_flag=True, help="Read and report everything; write no package.")
@passphrase_option
def export(
    registers: tuple[Path, ...],
    agreement: Path,
    register_map: Path | None,
    identifier: str | None,
    series: str | None,
    start: str | None,
    end: str | None,
    extracted: str | None,
    encoding: str | None,
    identity: Path,
    secret: Path,
    out: Path | None,
    dry_run: bool,
    passphrase_file: Path | None,
) -> None:
    """Turn registers into a sealed package for the matcher.

    Identity numbers become keyed tokens on this machine; nothing else of the register leaves it.

    Example: link export --agreement agreement/agreement.toml --map register.toml

    Example: link export insatser.csv --id Personnummer --series ung-malmo --start Startdatum --end Slutdatum
    """
    from linkage.commands.export import ShortMap
    from linkage.commands.export import export as flow

    short = ShortMap(identifier, series, start, end, extracted, encoding)
    bar = terminal.Progress("reading")
    facts = flow(
        agreement=agreement,
        registers=registers,
        register_map=register_map,
        short=short,
        identity=identity,
        secret=secret,
        out=out,
        dry_run=dry_run,
        ask=terminal.passphrase_for_reading(passphrase_file),
        progress=bar,
    )
    bar.close()
    tell(facts.as_json(), facts.lines(), after=facts.after())


def _passphrase_like(identity: Path, secret: Path, file: Path | None, without: bool) -> str | None:
    """A new secret is protected as the identity beside it is, unless the user says otherwise."""
    from linkage.commands.keys import is_protected

    if secret.exists():
        return None
    if not without and file is None and identity.exists() and not is_protected(identity):
        note("warning: the identity has no passphrase, so the secret gets none")
        return None
    return terminal.passphrase_for_writing(file, without)


def _sure(yes: bool, question: Text) -> None:
    from linkage.texts import say

    if yes:
        return
    if not terminal.may_ask():
        raise UsageError("this cannot be undone, and nobody can be asked", hint="add --yes to mean it")
    click.confirm(say(question), abort=True, err=True)


# -- the matcher ------------------------------------------------------------------------------------------


@link.command()
@click.argument("packages", type=FILE, nargs=-1, required=True, metavar="PACKAGE...")
@agreement_option
@ledger_option
@store_option
def receive(packages: tuple[Path, ...], agreement: Path, ledger: str, store: Path) -> None:
    """Check packages and keep them, sealed as they came.

    No key is needed. A newer package of a party replaces its older one until the match.

    Example: link receive malmo-sok-1-malmo.link --agreement agreement/agreement.toml
    """
    from linkage.commands.matcher import receive as flow

    facts = flow(packages, agreement=agreement, ledger=ledger, store=store)
    tell(facts.as_json(), facts.lines(), after=facts.after())


@link.command()
@agreement_option
@ledger_option
def status(agreement: Path, ledger: str) -> None:
    """Tell who has delivered, who is missing, what was refused.

    Example: link status --agreement agreement/agreement.toml
    """
    from linkage.commands.matcher import status as flow

    facts = flow(agreement=agreement, ledger=ledger)
    tell(facts.as_json(), facts.lines(), after=facts.after())


@link.command()
@click.argument("packages", type=FILE, nargs=-1, metavar="[PACKAGE]...")
@agreement_option
@identity_option
@round_key_option
@ledger_option
@store_option
@option("--out", type=FILE, default=Path("release"), show_default=True, help="Folder of the release.")
@option("--memory", help="Most memory for counting, such as 500M or 2G.")
@option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Threads that count.")
@option("--engine", default="local", show_default=True, help="Where to count; this version: local.")
@passphrase_option
@option("--round-passphrase-file", type=FILE, help="The round key's passphrase, where it is another.")
def match(
    packages: tuple[Path, ...],
    agreement: Path,
    identity: Path,
    round_key: Path,
    ledger: str,
    store: Path,
    out: Path,
    memory: str | None,
    workers: int,
    engine: str,
    passphrase_file: Path | None,
    round_passphrase_file: Path | None,
) -> None:
    """Count, and release: release.json, signed, and the reports.

    Receives what is named, freezes the set, and opens packages in memory only. A round is matched once.

    Example: link match malmo.link af.link --agreement agreement/agreement.toml --out release
    """
    from linkage.commands.matcher import match as flow

    bar = terminal.Progress("counting")
    facts = flow(
        packages,
        agreement=agreement,
        identity=identity,
        round_key=round_key,
        ledger=ledger,
        store=store,
        out=out,
        memory=memory,
        workers=workers,
        engine=engine,
        ask=terminal.passphrase_for_reading(passphrase_file),
        ask_round=terminal.passphrase_for_reading(round_passphrase_file or passphrase_file),
        progress=bar,
    )
    bar.close()
    tell(facts.as_json(), facts.lines(), after=facts.after())


@link.command()
@agreement_option
@identity_option
@round_key_option
@ledger_option
@store_option
@option("--out", type=FILE, help="The receipt; default NAME-ROUND-destroyed.json.")
@option("--now", is_flag=True, help="Before the agreed days have passed.")
@option("--yes", is_flag=True, help="Do not ask.")
@passphrase_option
def purge(
    agreement: Path,
    identity: Path,
    round_key: Path,
    ledger: str,
    store: Path,
    out: Path | None,
    now: bool,
    yes: bool,
    passphrase_file: Path | None,
) -> None:
    """Destroy the round key and the packages of a finished round.

    Writes a signed receipt. After this no copy of a package of the round can be opened.

    Example: link purge --agreement agreement/agreement.toml
    """
    from linkage.commands.matcher import purge as flow

    _sure(yes, Text("destroy the round key and the packages of this round for good?"))
    facts = flow(
        agreement=agreement,
        identity=identity,
        round_key=round_key,
        ledger=ledger,
        store=store,
        out=out,
        before_time=now,
        ask=terminal.passphrase_for_reading(passphrase_file),
    )
    tell(facts.as_json(), facts.lines(), after=facts.after())


# -- who reads the release --------------------------------------------------------------------------------


@link.command()
@click.argument("release", type=FILE)
@option("--out", type=FILE, help="Folder to write to; default the release's own.")
def report(release: Path, out: Path | None) -> None:
    """Make the report again from release.json: web page, Excel, CSV.

    In the language of --lang, or as the system is set.

    Example: link report release/release.json --lang sv
    """
    from linkage.commands.release import report as flow

    facts = flow(release, out or release.parent, current())
    tell(facts.as_json(), facts.lines(), after=facts.after())


@link.command()
@click.argument("release", type=FILE)
@option("--agreement", type=FILE, help="The agreement that it should answer.")
@option("--matcher", type=FILE, help="The matcher's NAME.pub; default beside the agreement or the release.")
def verify(release: Path, agreement: Path | None, matcher: Path | None) -> None:
    """Check the signature, the digest, and that the tables agree.

    Example: link verify release/release.json --agreement agreement/agreement.toml
    """
    from linkage.commands.release import verify as flow

    facts = flow(release, agreement, matcher)
    tell(facts.as_json(), facts.lines())


def main() -> None:
    """Entry point of `link` and `linkage`."""
    sys.exit(terminal.run(link))


if __name__ == "__main__":
    main()
