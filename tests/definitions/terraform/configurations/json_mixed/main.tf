variable "a" { default = "hcl" }
locals { from_hcl = "h" }
