locals { a = "x_override" }
module "m" { y = 20 }
