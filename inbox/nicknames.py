"""Makes up memorable names for contacts who have not given one, such as "Blue Heron".

There are 2,000 names. The choice depends only on the contact's id, so it's the same everywhere and
nothing is stored. The avatar has the colour of the name.

The words are harmless in every combination: no first names, no animals used as insults or slang, no
colours of skin or hair.
"""

from uuid import UUID

# Each colour with the hue of its avatar: 0 to 11, see avatar.css.
COLOURS = [
    *(("Red", 0), ("Crimson", 0), ("Brick", 0)),
    *(("Orange", 1), ("Copper", 1), ("Apricot", 1), ("Tangerine", 1)),
    *(("Golden", 2), ("Caramel", 2), ("Mustard", 2)),
    *(("Lemon", 3), ("Sunny", 3)),
    *(("Green", 4), ("Mossy", 4), ("Leafy", 4), ("Meadow", 4)),
    *(("Mint", 5), ("Emerald", 5), ("Pine", 5)),
    *(("Teal", 6), ("Aqua", 6), ("Turquoise", 6), ("Lagoon", 6)),
    *(("Azure", 7), ("Cyan", 7), ("Arctic", 7)),
    *(("Blue", 8), ("Cobalt", 8), ("Denim", 8), ("Sapphire", 8)),
    *(("Indigo", 9), ("Twilight", 9), ("Royal", 9)),
    *(("Purple", 10), ("Plum", 10), ("Lilac", 10), ("Orchid", 10)),
    *(("Pink", 11), ("Magenta", 11), ("Raspberry", 11)),
]
ANIMALS = [
    "Albatross",
    "Antelope",
    "Avocet",
    "Badger",
    "Bison",
    "Bumblebee",
    "Butterfly",
    "Chipmunk",
    "Crane",
    "Curlew",
    "Deer",
    "Dolphin",
    "Dragonfly",
    "Egret",
    "Elk",
    "Falcon",
    "Finch",
    "Firefly",
    "Fox",
    "Gazelle",
    "Giraffe",
    "Hare",
    "Hedgehog",
    "Heron",
    "Hummingbird",
    "Ibex",
    "Kestrel",
    "Kingfisher",
    "Koala",
    "Ladybird",
    "Lark",
    "Lynx",
    "Marlin",
    "Moose",
    "Nightingale",
    "Osprey",
    "Otter",
    "Owl",
    "Panda",
    "Pelican",
    "Penguin",
    "Plover",
    "Puffin",
    "Salmon",
    "Seahorse",
    "Sparrow",
    "Squirrel",
    "Stork",
    "Toucan",
    "Turtle",
]
COUNT = len(COLOURS) * len(ANIMALS)


def nickname_number(contact_id: UUID) -> int:
    """Return the number of the contact's nickname. NicknameNumber computes the same in SQL."""
    return int.from_bytes(contact_id.bytes[-2:]) % COUNT


def nickname_at(number: int) -> str:
    colour, animal = divmod(number, len(ANIMALS))
    return f"{COLOURS[colour][0]} {ANIMALS[animal]}"


def nickname(contact_id: UUID) -> str:
    return nickname_at(nickname_number(contact_id))


def nickname_hue(contact_id: UUID) -> int:
    return COLOURS[nickname_number(contact_id) // len(ANIMALS)][1]


def find_numbers(text: str) -> list[int]:
    """Return the numbers of nicknames where the whole name or the animal starts with the text."""
    prefix = text.lower()
    names = enumerate(map(nickname_at, range(COUNT)))
    return [
        number
        for number, name in names
        if name.lower().startswith(prefix) or name.lower().partition(" ")[2].startswith(prefix)
    ]
