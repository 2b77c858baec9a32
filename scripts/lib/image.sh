# The image of the sample jobs: pulled, or where no registry can be reached a stand-in.

image=alpine:latest
stand_in_label=ecs-local.stand-in

ensure_image() {
    local stand_in
    if stand_in=$(docker image inspect --format "{{index .Config.Labels \"$stand_in_label\"}}" \
        "$image" 2>/dev/null); then
        [ -z "$stand_in" ] || say "$image is a stand-in made of $stand_in"
        return
    fi
    say "pulling $image"
    if timeout 60 docker pull --quiet "$image" >/dev/null 2>&1 </dev/null; then
        return
    fi
    say "$image cannot be pulled from here"
    import_stand_in
}

import_stand_in() {
    local busybox tree applet
    if ! busybox=$(static_busybox); then
        install_packages "the stand-in for $image" busybox-static
        busybox=$(static_busybox) || die "busybox-static has no busybox"
    fi
    tree=$(mktemp -d)
    mkdir -p "$tree"/{bin,dev,etc,proc,root,sys,tmp,var}
    chmod 755 "$tree"
    chmod 1777 "$tree/tmp"
    cp "$busybox" "$tree/bin/busybox"
    for applet in $("$busybox" --list); do
        [ -e "$tree/bin/$applet" ] || ln -s /bin/busybox "$tree/bin/$applet"
    done
    printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' \
        >"$tree/etc/passwd"
    printf 'root:x:0:\nnobody:x:65534:\n' >"$tree/etc/group"
    tar -C "$tree" --owner=0 --group=0 -c . | docker import \
        --change 'CMD ["/bin/sh"]' \
        --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
        --change "LABEL $stand_in_label=busybox-static" \
        - "$image" >/dev/null || die "the stand-in image could not be imported"
    rm -rf "$tree"
    say "NOTE: $image is a STAND-IN made of Debian's busybox-static, not the real image;"
    say "      'docker rmi $image' removes it"
}

# Debian's own busybox may be linked dynamically, which would not run alone in an image.
static_busybox() {
    local path
    for path in /bin/busybox /usr/bin/busybox; do
        if [ -x "$path" ] && ! ldd "$path" >/dev/null 2>&1; then
            printf '%s\n' "$path"
            return
        fi
    done
    return 1
}
