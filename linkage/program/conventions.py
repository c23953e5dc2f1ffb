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
        if record is None:
            return record
        names, words = record
        if self.help:
            words = words.replace(self.help, say(self.help))
        return names, words.replace("[default: ", f"[{say('default')}: ").replace(
            "[required]", f"[{say('required')}]"
        )


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


class _Helped(click.Command):
    """A command or group whose help is in the user's language, what click adds to it too."""

    def get_short_help_str(self, limit: int = 45) -> str:
        """First line of the help, translated."""
        del limit
        return say((self.help or "").split("\n")[0].strip()).rstrip(".")

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """As click, translated."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say("Show this message and exit.")
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click, translated."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=say("Usage:") + " ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click, translated."""
        del ctx
        if not self.help:
            return
        formatter.write_paragraph()
        with formatter.indentation():
            for paragraph in inspect.cleandoc(self.help).split("\n\n"):
                formatter.write_text(_translated(" ".join(paragraph.split("\n"))))
                formatter.write_paragraph()

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click, translated."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = [record for option in options if (record := option.get_help_record(ctx))]
        with formatter.section(say("Options")):
            formatter.write_dl(records)


class Command(_Helped):
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


class Group(_Helped, click.Group):
    """A group of commands with the conventions that all share."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(LANG)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a round goes, not by alphabet."""
        del ctx
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click, translated; the commands too."""
        super().format_options(ctx, formatter)
        named = [(name, self.commands[name].get_short_help_str()) for name in self.list_commands(ctx)]
        with formatter.section(say("Commands")):
            formatter.write_dl(named)


def _translated(paragraph: str) -> str:
    """A paragraph of help; an example's command is the same in every language."""
    head, colon, command = paragraph.partition(": ")
    if head == "Example":
        return say("Example") + colon + command
    return say(paragraph)
