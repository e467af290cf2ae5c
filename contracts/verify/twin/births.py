"""Which objects of two sides are the same: those that were born as the first, the second, the third of their kind."""

from __future__ import annotations

from typing import Any

from contracts.verify.twin.steps import reference


class Births:
    """The ids of both sides, by entity, in the order in which both showed them first."""

    def __init__(self) -> None:
        self._pairs: dict[str, list[tuple[Any, Any]]] = {}
        self.are_alike = True
        """Whether both sides gave the same ids so far."""
        self._gone: set[str] = set()

    def agree(self, entity: str, one: Any, other: Any) -> bool:
        """Whether two ids name the same object. Two that neither side has shown before do."""
        return self._number(entity, 0, one) == self._number(entity, 1, other)

    def meet(self, entity: str, one: Any, other: Any) -> str | None:
        """Take two ids that `agree` for the same object from now on: its reference, if it is newly born."""
        if self._number(entity, 0, one) is not None:
            return None
        pairs = self._pairs.setdefault(entity, [])
        pairs.append((one, other))
        self.are_alike = self.are_alike and one == other
        return reference(entity, len(pairs))

    def knows(self, entity: str, side: int, number: Any) -> bool:
        """Whether the object was born in this walk."""
        return self._number(entity, side, number) is not None

    def bury(self, name: str) -> None:
        """Take the object that a reference names for gone."""
        self._gone.add(name)

    def known(self) -> dict[str, list[str]]:
        """References to the objects that are there, by entity; no entity without any."""
        names = {
            entity: [name for number, _ in enumerate(pairs, 1) if (name := reference(entity, number)) not in self._gone]
            for entity, pairs in self._pairs.items()
        }
        return {entity: there for entity, there in names.items() if there}

    def names(self, side: int) -> dict[str, Any]:
        """What each reference means on a side, those to objects that are gone included."""
        return {
            reference(entity, number): pair[side]
            for entity, pairs in self._pairs.items()
            for number, pair in enumerate(pairs, 1)
        }

    def there(self, side: int) -> dict[str, Any]:
        """What the references to objects mean that are there."""
        return {name: number for name, number in self.names(side).items() if name not in self._gone}

    def _number(self, entity: str, side: int, wanted: Any) -> int | None:
        """The place in the order of birth. Some operations write ids as text."""
        pairs = self._pairs.get(entity, ())
        return next((number for number, pair in enumerate(pairs) if str(pair[side]) == str(wanted)), None)
