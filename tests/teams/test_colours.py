"""Avatar colours tell the members of a workspace apart."""

import math
import re

import pytest

from dev.checkout import ROOT
from teams.actions.membership import add_member
from teams.colours import gap_to, pick_hue
from tests.conftest import make_user

AVATAR = (ROOT / "static" / "css" / "avatar.css").read_text()


def test_first_members_get_distant_colours():
    taken = []
    for initials in ("AA", "BB", "CC", "DD"):
        taken.append((pick_hue(taken, initials), initials))
    hues = [hue for hue, _initials in taken]
    assert min(gap_to(hue, [each for each in hues if each != hue]) for hue in hues) == 3


def test_twelve_members_get_twelve_colours():
    taken = []
    for number in range(12):
        taken.append((pick_hue(taken, f"A{number}"), f"A{number}"))
    assert {hue for hue, _initials in taken} == set(range(12))


def test_same_initials_get_distant_colours_in_a_full_workspace():
    taken = [(hue, f"A{hue}") for hue in range(12)] + [(3, "BB")]
    assert gap_to(pick_hue(taken, "BB"), [3]) >= 3


def test_same_initials_get_distant_colours_even_if_a_near_one_is_free():
    taken = [(hue, f"A{hue}") for hue in range(12) if hue not in (3, 4)] + [(3, "BB")]
    assert gap_to(pick_hue(taken, "BB"), [3]) >= 3
    assert pick_hue(taken, "CC") == 4


def test_members_get_a_colour_on_joining_and_keep_it(acme):
    bob, bea = acme.bob, acme.bea
    ben = add_member(acme.workspace, user=make_user("Ben", "acme"))
    assert gap_to(ben.hue, [bob.hue, bea.hue]) >= 3  # B, B and B
    assert len({acme.alice.hue, bob.hue, bea.hue, ben.hue}) == 4
    again = add_member(acme.workspace, user=ben.user)
    assert again.hue == ben.hue


def declared(what):
    """Return (lightness, chroma) in the light and in the dark theme."""
    [found] = re.findall(rf"\n    {what}: light-dark\((.*)\);", AVATAR)
    pairs = re.findall(r"oklch\((\d+)% (0?\.\d+) var", found)
    return [(int(lightness) / 100, float(chroma)) for lightness, chroma in pairs]


HUES = [int(degrees) for degrees in re.findall(r'data-hue="\d+"\] \{\s*--h: (\d+);\s*\}', AVATAR)]


def luminance(lightness, chroma, degrees):
    """Return the luminance of an OKLCH colour, as WCAG defines it."""
    a = chroma * math.cos(math.radians(degrees))
    b = chroma * math.sin(math.radians(degrees))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1, max(0, part)) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_initials_are_readable_on_every_colour(scheme):
    assert len(HUES) == 12
    ground, ink = declared("background")[scheme], declared("color")[scheme]
    for degrees in HUES:
        darker, lighter = sorted((luminance(*ground, degrees), luminance(*ink, degrees)))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, degrees
