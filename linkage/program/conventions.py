"""What every command has: translated help, --json, --no-input, --lang."""

from __future__ import annotations

import inspect
from typing import Any

import click

from linkage.texts import Lang, say, use


class Option(click.Option):
    """An option whose help is said in the user's language."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """As click, translated."""
        record = super().get_help_record(ctx)
        if record is None or not self.help:
            return record
        return record[0], record[1].replace(self.help, say(self.help))


def _choose_language(_ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None:
        use(Lang(value))


def _remember(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and param.name is not None:
        ctx.find_root().meta[param.name] = True


LANG = Option(
    ["--lang"],
    type=click.Choice([lang.value for lang in Lang]),
    is_eager=True,
    expose_value=False,
    callback=_choose_language,
    help="English or Swedish; otherwise as the system is set.",
)


class Command(click.Command):
    """A command with the conventions that all share: --json, --no-input, --lang."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += [
            Option(
                ["--json", "as_json"],
                is_flag=True,
                expose_value=False,
                callback=_remember,
                help="One JSON object on standard output, for programs.",
            ),
            Option(
                ["--no-input"],
                is_flag=True,
                expose_value=False,
                callback=_remember,
                help="Never ask; fail where a question would be needed.",
            ),
            LANG,
        ]

    def get_short_help_str(self, limit: int = 45) -> str:
        """First line of the help, translated."""
        del limit
        return say((self.help or "").split("\n")[0].strip()).rstrip(".")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click, translated."""
        _translated_help(self, ctx, formatter)


class Group(click.Group):
    """A group of commands with the conventions that all share."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(LANG)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a round goes, not by alphabet."""
        del ctx
        return list(self.commands)

    def get_short_help_str(self, limit: int = 45) -> str:
        """First line of the help, translated."""
        del limit
        return say((self.help or "").split("\n")[0].strip()).rstrip(".")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click, translated."""
        _translated_help(self, ctx, formatter)


def _translated_help(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    del ctx
    if not command.help:
        return
    formatter.write_paragraph()
    with formatter.indentation():
        for paragraph in inspect.cleandoc(command.help).split("\n\n"):
            formatter.write_text(say(" ".join(paragraph.split("\n"))))
            formatter.write_paragraph()
