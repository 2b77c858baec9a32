locals { a = "override" }
variable "v" { default = "override" }
