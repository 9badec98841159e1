"""Each measure falls for the damage it is meant to see, on the READMEs of real projects, and for no other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ratchetry.collect.score.efficiency import efficiency
from ratchetry.collect.score.relevance import semantic_relevance
from ratchetry.collect.score.structure import structure
from ratchetry.collect.score.syntax import syntactic_correctness
from ratchetry.domain.record import Fragment
from tests.unit.collect.contexts import MemoryTree, project_of
from tests.unit.collect.score import documents
from tests.unit.collect.score.documents import PROJECTS, Real, document, real, value

MARGIN = 0.002


@pytest.fixture(params=PROJECTS, name="readme")
def _readme(request: pytest.FixtureRequest) -> Real:
    """Return the README of each project in turn."""
    return real(str(request.param))


def relevance_of(source: str, readme: Real) -> float:
    """Return the relevance of a document to a project."""
    return value(semantic_relevance(document(source), readme.words, readme.tree))


def syntax_of(source: str) -> float:
    """Return how much of a document's code parses."""
    return value(syntactic_correctness(document(source), project_of({}), Fragment()))


@pytest.mark.parametrize(
    "damage",
    [
        documents.with_jumbled_headings,
        documents.with_several_titles,
        documents.without_text,
        documents.with_bare_fences,
    ],
)
def test_structure_falls_when_the_structure_is_damaged(damage: Callable[[str], str], readme: Real) -> None:
    """Jumps, second titles, empty sections and bare fences each cost something."""
    assert value(structure(document(damage(readme.source)))) < value(structure(document(readme.source))) - MARGIN


@pytest.mark.parametrize("damage", [documents.said_twice, documents.with_badges])
def test_efficiency_falls_when_tokens_are_wasted(damage: Callable[[str], str], readme: Real) -> None:
    """Text that is said twice and a wall of badges cost tokens and tell nothing."""
    assert value(efficiency(document(damage(readme.source)))) < 0.8 * value(efficiency(document(readme.source)))


def test_what_is_said_twice_costs_half(readme: Real) -> None:
    """Of a document that says everything twice at most half is worth its tokens."""
    once, twice = (value(efficiency(document(text))) for text in (readme.source, documents.said_twice(readme.source)))
    assert twice <= once / 2 + 0.01


def test_relevance_falls_when_names_are_wrong(readme: Real) -> None:
    """A document with other names is about another project."""
    damaged = documents.with_other_names(readme.source, readme.words)
    assert relevance_of(damaged, readme) < 0.6 * relevance_of(readme.source, readme)


def test_relevance_falls_when_the_code_is_gone(readme: Real) -> None:
    """A document that only has headings left names little of its project."""
    damaged = documents.without_text(readme.source)
    assert relevance_of(damaged, readme) < 0.7 * relevance_of(readme.source, readme)


def test_a_readme_fits_its_own_project_best() -> None:
    """Swapped, each README is less relevant to every other project than that project's own."""
    readmes = {name: real(name) for name in PROJECTS}
    for name, own in readmes.items():
        for other, foreign in readmes.items():
            if other != name:
                assert relevance_of(foreign.source, own) < relevance_of(own.source, own), (name, other)


def test_relevance_falls_when_files_are_gone() -> None:
    """Links and paths to files that are not there count against a document."""
    readme = real("humanize-4.17.0")
    source = f"{readme.source}\nSee [the notes](NOTES.md) and `docs/guide.md`.\n"
    there = Real(
        source=source, words=readme.words, tree=MemoryTree({**readme.tree.texts, "NOTES.md": "", "docs/guide.md": ""})
    )
    assert relevance_of(source, readme) < relevance_of(source, there)


def test_syntax_falls_when_code_is_broken(readme: Real) -> None:
    """Code blocks with open brackets do not parse."""
    assert syntax_of(readme.source) > 0.9
    assert syntax_of(documents.with_open_brackets(readme.source)) < 0.1


def test_measures_do_not_see_the_damage_of_others(readme: Real) -> None:
    """Headings do not move relevance, efficiency and syntax; names do not move structure and syntax."""
    jumbled = documents.with_jumbled_headings(readme.source)
    assert relevance_of(jumbled, readme) == relevance_of(readme.source, readme)
    assert syntax_of(jumbled) == syntax_of(readme.source)
    assert value(efficiency(document(jumbled))) == pytest.approx(value(efficiency(document(readme.source))), abs=0.001)
    renamed = documents.with_other_names(readme.source, readme.words)
    assert value(structure(document(renamed))) == pytest.approx(value(structure(document(readme.source))), abs=0.01)
    assert syntax_of(renamed) == syntax_of(readme.source)
