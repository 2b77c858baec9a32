resource "aws_efs_file_system" "shared" {
}

module "archive" {
  source = "./job"
  name   = "archive"
  mounts = [{
    volume = "shared"
    system = aws_efs_file_system.shared.id
    path   = "/data"
  }]
  target = {
    group = "archive"
    role  = aws_iam_instance_profile.unread.arn
  }
}

resource "aws_iam_instance_profile" "unread" {
}
