"""Find the streams of a channel or a subject."""


class Registry:
    """Streams by name.

    The values are tuples: most names have one stream, for which a set takes four times the memory,
    and a loop over a tuple is not disturbed by streams that come or go.
    """

    def __init__(self):
        self.names: dict[bytes, tuple] = {}

    def __len__(self) -> int:
        return len(self.names)

    def get(self, name: bytes) -> tuple:
        return self.names.get(name, ())

    def add(self, names: tuple[bytes, ...], stream) -> list[bytes]:
        """Add a stream and return the names that had no stream before."""
        new = [name for name in names if name not in self.names]
        for name in names:
            self.names[name] = (*self.get(name), stream)
        return new

    def remove(self, names: tuple[bytes, ...], stream) -> list[bytes]:
        """Remove a stream and return the names that have no stream left."""
        empty = []
        for name in names:
            streams = self.names[name]
            index = streams.index(stream)
            if left := streams[:index] + streams[index + 1 :]:
                self.names[name] = left
            else:
                del self.names[name]
                empty.append(name)
        return empty
