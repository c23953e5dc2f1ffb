"""The question language: text → expression (4-measures, "Expressions").

from linkage.measures import language
language.parse("ever(malmo.krami) & !af.etablering", vocabulary)
"""

from __future__ import annotations

from linkage.measures.expressions import Expression
from linkage.measures.grammar import Parser
from linkage.measures.trees import known, shape
from linkage.measures.vocabulary import ExpressionError, Vocabulary, words

__all__ = ["Expression", "ExpressionError", "Vocabulary", "parse", "words"]

MAX_LENGTH = 10_000
"""Characters of one expression."""
MAX_DEPTH = 100
"""Steps from the whole expression to a series, with groups written out: what evaluates it may recurse."""
MAX_NODES = 10_000
"""Names and signs of an expression, with groups written out: groups of groups can double at every step."""


def parse(source: str, vocabulary: Vocabulary) -> Expression:
    """The expression that `source` writes, groups and wildcards resolved.

    Raises ExpressionError, which points at the column.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionError(
            "longer than {limit} characters: column {column}", source=source, at=MAX_LENGTH, limit=MAX_LENGTH
        )
    tree, dated = Parser(source, vocabulary).whole()
    size = shape(tree)
    if size.nodes > MAX_NODES or size.depth > MAX_DEPTH:
        raise ExpressionError(
            "with its groups written out too large, {nodes} names and signs, {depth} deep; "
            "allowed are {limit} and {deepest}: column {column}",
            source=source,
            at=0,
            nodes=size.nodes,
            depth=size.depth,
            limit=MAX_NODES,
            deepest=MAX_DEPTH,
        )
    return Expression(source, tree, known(tree, vocabulary.periods), dated, vocabulary.title(source))
