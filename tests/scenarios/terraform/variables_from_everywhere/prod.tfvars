e = "var file"
