#!/bin/sh
# Prints where a Chromium is: the one that CHROMIUM names, else one that is installed, else Debian's, installed now.
set -eu

found() {
    for name in chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Chromium.app/Contents/MacOS/Chromium" \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        if command -v "$name"; then return 0; fi
    done
    return 1
}

if [ -n "${CHROMIUM:-}" ]; then
    command -v "$CHROMIUM" || { echo "there is no browser at \`$CHROMIUM\`, which CHROMIUM names" >&2; exit 1; }
    exit 0
fi
if found; then exit 0; fi
if command -v apt-get > /dev/null; then
    root=""
    if [ "$(id -u)" != 0 ]; then root="sudo -n"; fi
    $root apt-get update -qq >&2 && $root apt-get install -qq -y --no-install-recommends chromium fonts-noto-core >&2 || true
    if found; then exit 0; fi
fi
echo "there is no Chromium: install one, or name it in CHROMIUM" >&2
exit 1
