"""The root of every error that a user can cause, and those of keys.

An error is a text, values for its placeholders, and a hint that says what to do. Texts are kept apart
from values so that they can be said in another language; neither ever holds an identity number, a token,
a key or a cell of a register.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar


class _Number(int):
    """A whole number that can choose between two wordings, as 1 row and 2 rows."""

    def __format__(self, form: str) -> str:
        """form: `one|several`, where # is the number; or as of any whole number."""
        if "|" not in form:
            return super().__format__(form)
        one, several = form.split("|")
        return (one if self == 1 else several).replace("#", str(int(self)))


def filled(template: str, values: dict[str, object]) -> str:
    """The template with its values; as it stands where it has none."""
    if not values:
        return template
    return template.format(**{k: _Number(v) if type(v) is int else v for k, v in values.items()})


@dataclass(frozen=True)
class Text:
    """A sentence for a person: an English template, which is also its name elsewhere, and its values.

    A value may be a Text itself, and is then translated with the sentence that it stands in. For a whole
    number the template may have two wordings: {rows:# row|# rows}.
    """

    template: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return filled(self.template, self.values)


class Error(Exception):
    """Something a user can put right: what is wrong and where, and in `hint` what to do."""

    hint: ClassVar[str] = ""

    def __init__(
        self,
        template: str,
        /,
        *,
        hint: str | None = None,
        details: tuple[Text, ...] = (),
        **values: object,
    ) -> None:
        """template: one line, lower case, no full stop, placeholders as in str.format, filled from values.

        hint: overrides the class's hint; the same values fill it. details: further lines below the first.
        """
        self.message = Text(template, values)
        self.advice = Text(type(self).hint if hint is None else hint, values)
        self.details = details
        super().__init__(template)

    def __str__(self) -> str:
        return str(self.message)


class KeysError(Error):
    """A key, a secret or a passphrase is missing, wrong, or not safe to use."""
