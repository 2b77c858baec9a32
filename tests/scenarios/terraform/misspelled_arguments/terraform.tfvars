image_tga = "2"
region    = "us-east-1"
