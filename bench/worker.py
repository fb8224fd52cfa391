"""Run each kind of simulated people in its own process, so that they don't delay each other."""

import asyncio
import gc
import multiprocessing
import resource

CONTEXT = multiprocessing.get_context("spawn")


class Worker:
    """Run People(**arguments) in a process; worker.do("verb", ...) awaits people.verb(...)."""

    def __init__(self, people: type, **arguments):
        self.pipe, theirs = CONTEXT.Pipe()
        self.process = CONTEXT.Process(target=run, args=(people, arguments, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def start(self, verb: str, *arguments) -> None:
        self.pipe.send((verb, arguments))

    def result(self, seconds: float = 300):
        if not self.pipe.poll(seconds):
            raise TimeoutError(f"no result within {seconds:.0f} s")
        answer = self.pipe.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def do(self, verb: str, *arguments):
        self.start(verb, *arguments)
        return self.result()

    def stop(self) -> None:
        self.process.kill()
        self.process.join()


def run(people: type, arguments: dict, pipe) -> None:
    import uvloop

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    gc.disable()  # its pauses would count as the server's
    uvloop.run(serve(people(**arguments), pipe))


async def serve(people, pipe) -> None:
    loop = asyncio.get_running_loop()
    while True:
        try:
            verb, arguments = await loop.run_in_executor(None, pipe.recv)
        except EOFError:
            return
        try:
            answer = await getattr(people, verb)(*arguments)
        except Exception as error:
            answer = RuntimeError(f"{type(people).__name__}.{verb}: {error!r}")
        pipe.send(answer)


async def many_at_once(count: int, things, act) -> None:
    """Await act(thing) for each, `count` at a time."""
    waiting = iter(things)

    async def one_after_another():
        for thing in waiting:
            await act(thing)

    await asyncio.gather(*(one_after_another() for _ in range(count)))
