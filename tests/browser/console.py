"""What a browser complains about while a test is going on."""


class Console:
    def __init__(self):
        self.heard = []
        self.expected = []

    def listen(self, context):
        context.on("console", self.note)
        context.on("weberror", lambda error: self.heard.append(str(error.error)))

    def note(self, message):
        if message.type == "error":
            self.heard.append(f"{message.text} ({message.location['url']})")

    def expect(self, *words):
        """The test provokes complaints with these words in them."""
        self.expected += words

    def complaints(self):
        return [each for each in self.heard if not any(words in each for words in self.expected)]
