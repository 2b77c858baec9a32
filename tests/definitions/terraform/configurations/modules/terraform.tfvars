l = ["tf", 1]
any = { a = [1, "x"] }
