// One clock for several clips. Each is held to it: a little faster or slower where it drifts, moved where it is far off.

// Seconds: from the first a clip is left alone, from the others it is held with more force, from the last it is moved.
const CLOSE = 0.004, OFF = 0.01, FARTHER = 0.025, FAR = 0.2;
const GENTLE = 0.04, STRONG = 0.16;

class Clock {
  // `media` are video or audio elements; `changed` hears of every tick.
  constructor(media, changed) {
    this.media = media;
    this.changed = changed;
    this.at = 0;
    this.since = null;
    this.frame = null;
    this.wanted = false;
  }

  get length() {
    return Math.max(0, ...this.media.map((one) => (Number.isFinite(one.duration) ? one.duration : 0)));
  }

  get now() {
    return this.since === null ? this.at : this.at + (performance.now() - this.since) / 1000;
  }

  get playing() {
    return this.wanted;
  }

  async play() {
    this.wanted = true;
    await Promise.all(this.media.map(measured));
    if (!this.wanted || !this.length) return undefined;
    if (this.now >= this.length - 0.02) this.at = 0;
    await this.moveTo(this.now);
    if (!this.wanted) return undefined;
    await Promise.allSettled(this.media.filter((one) => this.at < one.duration).map((one) => one.play()));
    if (!this.wanted) return this.media.forEach((one) => one.pause());
    const running = this.media.filter((one) => !one.paused);
    if (running.length) this.at = running.reduce((sum, one) => sum + one.currentTime, 0) / running.length;
    this.since = performance.now();
    this.tick();
    return undefined;
  }

  pause() {
    this.wanted = false;
    this.at = Math.min(this.now, this.length);
    this.since = null;
    cancelAnimationFrame(this.frame);
    for (const one of this.media) one.pause();
    this.moveTo(this.at);
    this.changed(this.at);
  }

  // Seek all clips; done when all have arrived.
  async moveTo(seconds) {
    const running = this.since !== null;
    this.at = Math.min(Math.max(0, seconds), this.length);
    if (running) this.since = performance.now();
    this.changed(this.at);
    await Promise.all(this.media.map((one) => moved(one, this.at)));
  }

  tick() {
    cancelAnimationFrame(this.frame);
    if (this.since === null) return;
    this.frame = requestAnimationFrame(() => this.tick());
    if (this.media.some((one) => !one.paused && one.readyState < 3)) return this.wait();
    if (this.now >= this.length) return this.again();
    this.follow();
    const now = this.now;
    for (const one of this.media) hold(one, now);
    this.changed(now);
    return undefined;
  }

  // The clock goes with the clips where all are late together: none has to hurry then.
  follow() {
    const running = this.media.filter((one) => !one.paused && !one.seeking);
    if (!running.length) return;
    const lag = running.reduce((sum, one) => sum + one.currentTime - this.now, 0) / running.length;
    if (Math.abs(lag) < FAR) this.at += lag * 0.15;
  }

  // A clip that is not loaded that far stops the clock for all.
  wait() {
    const slowest = Math.min(...this.media.filter((one) => !one.paused).map((one) => one.currentTime));
    this.at = Math.min(this.now, slowest);
    this.since = performance.now();
  }

  again() {
    this.since = null;
    this.at = 0;
    this.play();
  }

  end() {
    this.wanted = false;
    this.since = null;
    cancelAnimationFrame(this.frame);
  }
}

// Done when a clip's length is known, or that it has none.
function measured(one) {
  if (one.readyState > 0 || one.error) return Promise.resolve();
  return new Promise((resolve) => {
    one.addEventListener("loadedmetadata", resolve, { once: true });
    one.addEventListener("error", resolve, { once: true });
    one.addEventListener("emptied", resolve, { once: true });
  });
}

function hold(one, now) {
  if (now >= one.duration) {
    if (!one.paused) one.pause();
    return;
  }
  if (one.paused) {
    one.currentTime = now;
    one.play().catch(() => {});
    return;
  }
  if (one.seeking) return;
  const ahead = one.currentTime - now;
  if (Math.abs(ahead) > FAR) {
    one.currentTime = now;
    one.playbackRate = 1;
  } else rate(one, ahead);
}

// A clip keeps the rate that it was given until it is close: each change costs the browser some work.
function rate(one, ahead) {
  const off = Math.abs(ahead);
  const force = off > FARTHER ? STRONG : off > OFF ? GENTLE : off > CLOSE && (one.playbackRate - 1) * ahead < 0 ? Math.abs(one.playbackRate - 1) : 0;
  const wanted = 1 - Math.sign(ahead) * force;
  if (Math.abs(one.playbackRate - wanted) > 0.001) one.playbackRate = wanted;
}

function moved(one, seconds) {
  const to = Number.isFinite(one.duration) ? Math.min(seconds, Math.max(0, one.duration - 0.001)) : seconds;
  if (Math.abs(one.currentTime - to) < 0.0005 && !one.seeking) return Promise.resolve();
  return new Promise((resolve) => {
    one.addEventListener("seeked", resolve, { once: true });
    one.addEventListener("error", resolve, { once: true });
    one.addEventListener("emptied", resolve, { once: true });
    one.currentTime = to;
    one.playbackRate = 1;
  });
}
