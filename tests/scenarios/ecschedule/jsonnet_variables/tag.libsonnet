std.extVar('TAG')
