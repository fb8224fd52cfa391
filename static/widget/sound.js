// The sound of a new reply: two soft tones, made here so that nothing has to be loaded. A browser
// allows it once the visitor has clicked or typed in the chat; before that there is none.
const TONES = [
  [660, 0],
  [880, 0.12],
]; // hertz, and seconds from the start
const LENGTH = 0.5; // seconds
const VOLUME = 0.12;
let context;

// Some browsers want it to be started while a key or a button is down. Suspended, it costs nothing.
async function unlock() {
  context ??= new AudioContext();
  await context.resume();
  await context.suspend();
}
for (const type of ["pointerdown", "keydown"]) addEventListener(type, unlock, { once: true });

export function ring() {
  if (!context && !navigator.userActivation?.hasBeenActive) return;
  context ??= new AudioContext();
  const wanted = Date.now();
  // Where it isn't allowed, this waits for the next click, and is then too late.
  context.resume().then(() => Date.now() - wanted < 5_000 && playTones());
}

function playTones() {
  for (const [frequency, delay] of TONES) {
    const start = context.currentTime + delay;
    const tone = new OscillatorNode(context, { frequency });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.linearRampToValueAtTime(VOLUME, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + LENGTH);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + LENGTH);
    tone.onended = () => context.suspend();
  }
}
