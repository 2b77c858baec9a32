variable "n" { default = 5 }
locals { extra = 1 }
