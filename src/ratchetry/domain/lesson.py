"""What a learning run has come to: the events that follow from the history, and why nothing else does yet."""

from __future__ import annotations

from dataclasses import dataclass

from ratchetry.domain.event import Event, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Something that no event follows from yet, and why: what it waits for, or where it stands."""

    subject: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What one learner says: events that the history lacks, what waits, and events that make no sense to it."""

    learner: str = ""
    events: tuple[Event, ...] = ()
    waits: tuple[Wait, ...] = ()
    refused: tuple[Refusal, ...] = ()
    problem: str = ""
    """Why the learner could not look at all, empty when it could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """What all learners say as of the newest run that may teach; nothing is learned where `idle` says why."""

    branch: str
    as_of: str = ""
    idle: str = ""
    lessons: tuple[Lesson, ...] = ()
    ahead: tuple[Event, ...] = ()
    """Events from after that run, more than clocks differ: they count as soon as there is a run after them."""

    @property
    def events(self) -> tuple[Event, ...]:
        """Return the events to append, in the order in which they follow from each other."""
        return tuple(one for lesson in self.lessons for one in lesson.events)

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """Return the events that make no sense, each once, with the first reason given."""
        found: dict[str, Refusal] = {}
        early = {one.id for one in self.ahead}
        for lesson in self.lessons:
            for row in lesson.refused:
                if row.event not in early:
                    found.setdefault(row.event, row)
        return tuple(found[name] for name in sorted(found))

    @property
    def problems(self) -> tuple[str, ...]:
        """Return why learners could not look, each with its name."""
        return tuple(f"{lesson.learner}: {lesson.problem}" for lesson in self.lessons if lesson.problem)
