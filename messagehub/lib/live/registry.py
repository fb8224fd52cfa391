"""Who is under which name."""


class Index:
    """Names to streams. Tuples: most names have one stream (a set takes four times the memory),
    and whoever walks through one is not disturbed by a stream that comes or goes."""

    def __init__(self):
        self.names: dict[bytes, tuple] = {}

    def __len__(self) -> int:
        return len(self.names)

    def get(self, name: bytes) -> tuple:
        return self.names.get(name, ())

    def add(self, names: tuple[bytes, ...], stream) -> list[bytes]:
        """Returns the names that had nobody before."""
        new = [name for name in names if name not in self.names]
        for name in names:
            self.names[name] = (*self.get(name), stream)
        return new

    def remove(self, names: tuple[bytes, ...], stream) -> list[bytes]:
        """Returns the names that have nobody left."""
        gone = []
        for name in names:
            before = self.names[name]
            place = before.index(stream)
            if left := before[:place] + before[place + 1 :]:
                self.names[name] = left
            else:
                del self.names[name]
                gone.append(name)
        return gone
