# The browser of the tests with a picture, and a font that has Japanese.

ensure_browser() {
    local missing=()
    find_browser >/dev/null || missing+=(chromium)
    [ -n "$(fc-list :lang=ja 2>/dev/null | head -n 1)" ] || missing+=(fontconfig fonts-noto-cjk)
    [ ${#missing[@]} -eq 0 ] || install_packages "the tests of the timeline's page" "${missing[@]}"
}

find_browser() {
    local name
    for name in chromium chromium-browser google-chrome chrome; do
        command -v "$name" && return
    done
    return 1
}
