"""A whole round, played as an administrator would script it: every step is a command of the program."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cli
from linkage.program import terminal
from linkage.texts import Lang, use


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def link(*words: str | Path, cwd: Path, stdin: str = "") -> Done:
    """Run the program in this process, in English, in `cwd`."""
    out, err = io.StringIO(), io.StringIO()
    with inside(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        del stdin
        code = terminal.run(cli.link, [str(w) for w in words])
    use(Lang.EN)
    return Done(code, out.getvalue(), err.getvalue())


def ok(*words: str | Path, cwd: Path) -> Done:
    """As link; the command must end well."""
    done = link(*words, cwd=cwd)
    assert done.code == 0, f"{' '.join(map(str, words))}\n{done.out}\n{done.err}"
    return done


@dataclass(frozen=True)
class Spell:
    """One stay of one person. identifier: as it is written in the register; end None: still there."""

    identifier: str
    series: str
    start: dt.date | None
    end: dt.date | None


@dataclass
class Round:
    """The folders of all roles. registers: party → its spells, by the name of the series alone."""

    folder: Path
    agreement_text: str
    registers: Mapping[str, Sequence[Spell]]
    undated: frozenset[str] = frozenset()
    empty: Mapping[str, Sequence[str]] = field(default_factory=dict)
    reports: str = "none"

    @property
    def agreement(self) -> Path:
        """The agreement that all share."""
        return self.folder / "agreement" / "agreement.toml"

    def at(self, who: str) -> Path:
        """The folder of a party, or of the matcher."""
        return self.folder / who

    def package(self, party: str) -> Path:
        """Where a party's package is put."""
        return self.folder / f"{party}.link"

    def keys(self, name: str, number: int) -> None:
        """Everybody makes keys, the agreement is filled, the secret handed over."""
        self.agreement.parent.mkdir(parents=True)
        parties = list(self.registers)
        for who in [*parties, "matcher"]:
            self.at(who).mkdir()
            ok("keys", "init", who, "--no-passphrase", cwd=self.at(who))
            (self.agreement.parent / f"{who}.pub").write_bytes((self.at(who) / f"{who}.pub").read_bytes())
        ok(
            *("keys", "round", "--agreement-name", name, "--round", str(number), "--no-passphrase"),
            cwd=self.at("matcher"),
        )
        public = "matcher-round.pub"
        (self.agreement.parent / public).write_bytes((self.at("matcher") / public).read_bytes())
        self.agreement.write_text(self.agreement_text, encoding="utf-8")
        ok("agreement", "fill", self.agreement, cwd=self.folder)
        ok("secret", "create", "--agreement", self.agreement, cwd=self.at(parties[0]))
        for party in parties[1:]:
            handed = self.at(parties[0]) / f"secret-{party}.link"
            ok("secret", "accept", handed, "--agreement", self.agreement, cwd=self.at(party))

    def write_registers(self) -> None:
        """Each party's register and map: one CSV of spells, one list for each series without dates."""
        for party, spells in self.registers.items():
            folder = self.at(party)
            dated = [s for s in spells if f"{party}.{s.series}" not in self.undated]
            rows = [
                {"Personnummer": s.identifier, "Insats": s.series, "Start": s.start, "Slut": s.end or ""}
                for s in dated
            ]
            _write(folder / "spells.csv", ["Personnummer", "Insats", "Start", "Slut"], rows)
            names = sorted({s.series for s in dated})
            text = 'format = "linkage-register/1"\nextracted = "2024-06-30"\n'
            without = [s for s in self.empty.get(party, ()) if s not in {x.series for x in spells}]
            if without:
                text += f"empty = {json.dumps(without)}\n"
            if names:
                values = ", ".join(f'"{n}" = "{n}"' for n in names)
                text += (
                    '[[source]]\nfile = "spells.csv"\nid = "Personnummer"\nstart = "Start"\nend = "Slut"\n'
                    f'series = {{ column = "Insats", values = {{ {values} }} }}\n'
                )
            for series in sorted({s.series for s in spells if f"{party}.{s.series}" in self.undated}):
                people = [{"Personnummer": s.identifier} for s in spells if s.series == series]
                _write(folder / f"{series}.csv", ["Personnummer"], people)
                text += f'[[source]]\nfile = "{series}.csv"\nid = "Personnummer"\nseries = "{series}"\n'
            (folder / "register.toml").write_text(text, encoding="utf-8")

    def export(self, party: str, *options: str) -> Done:
        """A party's export."""
        return ok(
            *("export", "--agreement", self.agreement, "--map", "register.toml"),
            *("--out", self.package(party), "--json"),
            *options,
            cwd=self.at(party),
        )

    def match(self, *options: str) -> Done:
        """The matcher receives all packages and counts."""
        packages = [self.package(p) for p in self.registers]
        words = ("--agreement", self.agreement, "--out", "release", "--json", "--reports", self.reports)
        return link("match", *packages, *words, *options, cwd=self.at("matcher"))

    @property
    def release(self) -> Path:
        """release.json."""
        return self.at("matcher") / "release" / "release.json"

    def play(self, name: str, number: int, *options: str) -> dict[str, Any]:
        """Every step; release.json."""
        self.keys(name, number)
        self.write_registers()
        for party in self.registers:
            self.export(party)
        done = self.match(*options)
        assert done.code == 0, done.err
        ok("verify", self.release, "--agreement", self.agreement, cwd=self.folder)
        release: dict[str, Any] = json.loads(self.release.read_text(encoding="utf-8"))
        return release


def _write(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
