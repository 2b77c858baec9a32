b = false
