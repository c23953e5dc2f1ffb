"""The matcher's flows: a round key, packages in, status, the match, the end of a round."""

from linkage.commands.matcher_family import EndedFamily, FamilyKeyFacts
from linkage.commands.matcher_family import destroy as end_family
from linkage.commands.matcher_family import make as family_key
from linkage.commands.matcher_keys import RoundKeyFacts, round_key
from linkage.commands.matcher_match import MatchFacts, match
from linkage.commands.matcher_purge import PurgeFacts, purge
from linkage.commands.matcher_receive import ReceiveFacts, receive
from linkage.commands.matcher_status import StatusFacts, status

__all__ = [
    "EndedFamily",
    "FamilyKeyFacts",
    "MatchFacts",
    "PurgeFacts",
    "ReceiveFacts",
    "RoundKeyFacts",
    "StatusFacts",
    "end_family",
    "family_key",
    "match",
    "purge",
    "receive",
    "round_key",
    "status",
]
