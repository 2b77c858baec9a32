locals { a = "override" }
