"""The conventions of every command: languages, --json, errors and hints, exit codes, nothing leaked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

import cli
from linkage.errors import AgreementError, Error, KeysError, LedgerError, PackageError, ReleaseError, Text
from linkage.program import terminal
from tests.needs import ROOT
from tests.rounds import link, ok


def commands(command: click.Command = cli.link, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command of the program, as the words that call it."""
    if isinstance(command, click.Group):
        return [path] * bool(path) + [
            words for name, sub in command.commands.items() for words in commands(sub, (*path, name))
        ]
    return [path]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...], tmp_path: Path) -> None:
    english = ok(*words, "--help", cwd=tmp_path).out
    swedish = ok(*words, "--lang", "sv", "--help", cwd=tmp_path).out
    assert "--lang" in english
    assert english != swedish
    if len(words) > 1 or words[0] not in {"agreement", "keys", "secret", "register"}:
        assert "Example: link" in english
        assert "--json" in english
        assert "--no-input" in english


def test_lang_before_the_command_holds_for_it(tmp_path: Path) -> None:
    swedish = link("--lang", "sv", "inspect", "nowhere.link", cwd=tmp_path)
    assert swedish.code == 10
    assert swedish.err.startswith("fel: ")
    assert link("inspect", "nowhere.link", cwd=tmp_path).err.startswith("error: ")


def test_an_unknown_word_is_usage(tmp_path: Path) -> None:
    done = link("exprot", cwd=tmp_path)
    assert done.code == 2
    assert done.err.startswith("error: ")
    assert "hint: see link --help" in done.err or "--help" in done.err


MISTAKES = {
    "export --foo": ("no such option '--foo' (did you mean '--out'?)", "det finns ingen flagga '--foo'"),
    "exprt": ("no such command 'exprt' (did you mean 'export', 'report'?)", "det finns inget kommando"),
    "inspect": ("missing argument 'FILE'", "'FILE' saknas"),
    "match --workers x": ("invalid value for '--workers': 'x' is not a whole number", "är inget heltal"),
    "match --workers 99": ("99 is not in the range 1<=x<=64", "99 ligger inte inom 1<=x<=64"),
    "match --out": ("option '--out' requires an argument", "ska följas av ett värde"),
    "match --json=3": ("option '--json' does not take a value", "flaggan '--json' tar inget värde"),
    "match --reports fr": ("'fr' is not one of 'both', 'sv', 'en', 'none'", "är inte någon av"),
    "completion bash b": ("got more than is wanted: b", "fick mer än som behövs: b"),
    "completion": ("missing argument '{bash|zsh|fish}'", "saknas"),
}


@pytest.mark.parametrize("words", MISTAKES)
def test_what_click_says_is_in_the_users_language(words: str, tmp_path: Path) -> None:
    english, swedish = MISTAKES[words]
    assert english in link(*words.split(), cwd=tmp_path).err
    told = link("--lang", "sv", *words.split(), cwd=tmp_path)
    assert told.code == 2
    assert told.err.startswith("fel: ")
    assert swedish in told.err


def test_help_has_no_english_in_swedish(tmp_path: Path) -> None:
    told = ok("--lang", "sv", "match", "--help", cwd=tmp_path).out
    assert "Så här: " in told
    for word in ("Usage", "Options", "Example", "default:", "Show this"):
        assert word not in told
    whole = ok("--lang", "sv", "--help", cwd=tmp_path).out
    assert "Kommandon" in whole
    assert "Commands" not in whole


@pytest.mark.parametrize(
    ("family", "code"),
    [(AgreementError, 10), (PackageError, 11), (KeysError, 12), (ReleaseError, 13), (LedgerError, 14)],
)
def test_exit_codes_follow_the_families(family: type[Error], code: int) -> None:
    class Narrow(family):  # type: ignore[misc,valid-type]  # a subclass of each family, made here
        hint = "do this"

    @click.command()
    def failing() -> None:
        raise Narrow("bad {what}", what="thing", details=(Text("line {n}", {"n": 3}),))

    assert terminal.run(failing, []) == code


def test_an_error_is_a_line_and_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    @click.command()
    def failing() -> None:
        raise PackageError("bad {what}", what="thing", details=(Text("line {n}", {"n": 3}),), hint="do this")

    terminal.run(failing, [])
    assert capsys.readouterr().err == "error: bad thing\n  line 3\nhint: do this\n"


def test_a_bug_shows_places_and_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    @click.command()
    def failing() -> None:
        canary = "19900101" + "2385"
        raise ValueError(canary) from KeyError(canary)

    assert terminal.run(failing, []) == 1
    told = capsys.readouterr()
    assert "ValueError" in told.err
    assert "test_cli.py" in told.err
    assert "2385" not in told.err + told.out


@pytest.mark.parametrize("stop", [KeyboardInterrupt, click.Abort])
def test_a_stop_is_told_as_such(stop: type[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    @click.command()
    def stopped() -> None:
        raise stop

    assert terminal.run(stopped, []) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_full_disk_is_told_with_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    @click.command()
    def full() -> None:
        raise OSError(28, "No space left on device", "out.link")

    assert terminal.run(full, []) == 10
    assert "No space left on device: out.link" in capsys.readouterr().err


def test_version_and_module_agree() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "--version"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == "linkage 0.1.0\n"


def test_doctor_looks_at_this_machine(tmp_path: Path) -> None:
    key = tmp_path / "identity.key"
    key.write_text("{}")
    key.chmod(0o644)
    done = link("doctor", "--json", cwd=tmp_path)
    assert done.code == 10
    assert done.json["permissions identity.key"]["level"] == "problem"
    key.chmod(0o600)
    (tmp_path / "OneDrive - Malmö").mkdir()
    again = link("doctor", "OneDrive - Malmö", "--json", cwd=tmp_path)
    assert again.code == 0
    assert again.json["synchronised"]["level"] == "warning"
    assert link("doctor", cwd=tmp_path).out.count("\n") >= 12


def test_doctor_on_windows_asks_for_passphrases(tmp_path: Path) -> None:
    from linkage.commands.doctor import Level, examine

    found = {f.name: f for f in examine(tmp_path, windows=True)}
    assert found["permissions"].level is Level.WARNING


def test_completion_is_a_script(tmp_path: Path) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_LINKAGE_COMPLETE" in ok("completion", shell, cwd=tmp_path).out


@pytest.mark.parametrize("words", [(), ("keys",), ("agreement",)])
def test_a_group_alone_shows_its_help(words: tuple[str, ...], tmp_path: Path) -> None:
    done = link(*words, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "--help" in done.out


def test_doctor_tells_of_permissions_where_no_key_lies(tmp_path: Path) -> None:
    assert "no key file lies in" in link("doctor", "--json", cwd=tmp_path).json["permissions"]["text"]


def test_a_missing_agreement_is_asked_for_as_the_command_takes_it(tmp_path: Path) -> None:
    assert "after the command" in link("agreement", "check", cwd=tmp_path).err
    assert "--agreement" in link("status", cwd=tmp_path).err
