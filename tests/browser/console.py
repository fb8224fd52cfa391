"""Collects the errors that browsers log during a test."""


class Console:
    def __init__(self):
        self.heard = []
        self.expected = []
        self.contexts = []

    def listen(self, context):
        self.contexts.append(context)
        context.on("console", self.note)
        context.on("weberror", self.note_error)

    def stop_listening(self):
        """Stop, because contexts are used again by other tests."""
        for context in self.contexts:
            context.remove_listener("console", self.note)
            context.remove_listener("weberror", self.note_error)
        self.contexts.clear()

    def note_error(self, error):
        self.heard.append(str(error.error))

    def note(self, message):
        if message.type == "error":
            self.heard.append(f"{message.text} ({message.location['url']})")

    def expect(self, *text):
        """Ignore errors that contain one of these texts."""
        self.expected += text

    def complaints(self):
        return [each for each in self.heard if not any(text in each for text in self.expected)]
