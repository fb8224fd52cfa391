"""What the apps above give to a member beside role and teams, such as access to inboxes.

An app registers a part when it starts; forms show its choices, actions hand on what was chosen.
"""

from dataclasses import dataclass
from typing import Any, Protocol


class Part(Protocol):
    name: str
    label: Any

    def choices(self, workspace) -> list[tuple[str, str]]:
        """[(id, name)] of everything that can be given in this workspace."""

    def chosen(self, membership) -> list[str]:
        """The ids this member has."""

    def give(self, membership, ids: list[str]) -> None:
        """The member has exactly these from now on. Unknown ids are passed over."""


@dataclass
class Registry:
    parts: dict[str, Part]

    def register(self, part):
        self.parts[part.name] = part

    def __iter__(self):
        return iter(self.parts.values())


registry = Registry({})
register = registry.register


def give_parts(membership, chosen: dict[str, list[str]]) -> None:
    for part in registry:
        if part.name in chosen:
            part.give(membership, chosen[part.name])


def chosen_parts(membership) -> dict[str, list[str]]:
    return {part.name: part.chosen(membership) for part in registry}


def named_parts(workspace, chosen: dict[str, list[str]]) -> dict[str, list[str]]:
    """The same with names instead of ids, for people to read."""
    return {
        part.name: sorted(
            name for key, name in part.choices(workspace) if key in chosen.get(part.name, ())
        )
        for part in registry
        if part.name in chosen
    }
