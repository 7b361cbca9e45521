variable "project" {
  description = "The project that holds functions, keys and the details bucket; best one of its own."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "project is an id like audit-prod, not a name or a number."
  }
}

variable "region" {
  description = "Where functions, keys and buckets lie."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is one like europe-west3."
  }
}

variable "scope" {
  description = "Where clusters are looked for: organizations/NUMBER, folders/NUMBER or projects/ID."
  type        = string

  validation {
    condition     = can(regex("^(organizations/[0-9]+|folders/[0-9]+|projects/[a-z][a-z0-9-]{4,28}[a-z0-9])$", var.scope))
    error_message = "scope is organizations/NUMBER, folders/NUMBER or projects/ID."
  }
}

variable "organization_id" {
  description = "The organisation's number, where the read-only role is defined. Not needed when scope is a project."
  type        = string
  default     = null

  validation {
    condition     = var.organization_id == null || can(regex("^[0-9]+$", var.organization_id))
    error_message = "organization_id is a number."
  }

  validation {
    condition     = var.organization_id != null || startswith(var.scope, "projects/")
    error_message = "organization_id must be set: a role for a folder or an organisation is defined in the organisation."
  }
}

variable "archive_buckets" {
  description = "Names of the Cloud Storage buckets that hold the exported audit logs."
  type        = set(string)

  validation {
    condition     = length(var.archive_buckets) > 0 && alltrue([for name in var.archive_buckets : can(regex("^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$", name))])
    error_message = "archive_buckets holds at least one bucket's name, without gs://."
  }
}

variable "ledger" {
  description = "gcs: ledger, inbox and guard in Cloud Storage, the recorder runs here. s3: they are in AWS, reached by identity."
  type        = string

  validation {
    condition     = contains(["gcs", "s3"], var.ledger)
    error_message = "ledger is gcs or s3."
  }
}

variable "aws_roles" {
  description = "With ledger = s3: the roles of AWS that trust our service accounts, one to submit and one to read."
  type = object({
    attestor = string
    reader   = string
  })
  default = null

  validation {
    condition     = (var.aws_roles != null) == (var.ledger == "s3")
    error_message = "aws_roles goes with ledger = s3, and only with it."
  }

  validation {
    condition     = var.aws_roles == null || alltrue([for arn in values(coalesce(var.aws_roles, {})) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", arn))])
    error_message = "aws_roles holds ARNs like arn:aws:iam::111122223333:role/dayseal-gcp."
  }
}

variable "aws_audience" {
  description = "With ledger = s3: whom the identity token is for; the roles' trust policies name it."
  type        = string
  default     = "sts.amazonaws.com"
}

variable "source_zip" {
  description = "The functions' source as `make functions-gcp` builds it. Null: everything but the functions is made."
  type        = string
  default     = null
}

variable "attestor_key_public" {
  description = "The attestor key's public half (base64 DER), as `dayseal init` wrote it: the functions refuse any other."
  type        = string
  default     = ""
}

variable "log_key_public" {
  description = "The same of the log's key; with ledger = gcs."
  type        = string
  default     = ""
}

variable "schedules_paused" {
  description = "True stops everything that runs by itself, and leaves the ledger readable."
  type        = bool
  default     = false
}

variable "daily_at" {
  description = "When the newest frozen day is sealed (cron, UTC); after the cutoff of the settings."
  type        = string
  default     = "30 6 * * *"

  validation {
    condition     = length(split(" ", var.daily_at)) == 5
    error_message = "daily_at has five cron fields."
  }
}

variable "roll_call_at" {
  description = "With ledger = gcs: when the roll of the newest frozen day is called (cron, UTC); after the daily run."
  type        = string
  default     = "30 8 * * *"

  validation {
    condition     = length(split(" ", var.roll_call_at)) == 5
    error_message = "roll_call_at has five cron fields."
  }
}

variable "run_timeout_seconds" {
  description = "How long the daily run may take; Cloud Scheduler waits 1800 seconds at most."
  type        = number
  default     = 1800

  validation {
    condition     = var.run_timeout_seconds >= 120 && var.run_timeout_seconds <= 1800
    error_message = "run_timeout_seconds is 120 to 1800."
  }
}

variable "run_memory" {
  description = "Memory of the daily run."
  type        = string
  default     = "2Gi"
}

variable "details_days" {
  description = "How long details (personal data) are kept, and cannot be deleted: the archive's term."
  type        = number
  default     = 400

  validation {
    condition     = var.details_days >= 1 && var.details_days <= 36500
    error_message = "details_days is 1 to 36500."
  }
}

variable "lookup_members" {
  description = "Who may ask the look-up function, e.g. group:auditors@example.com. Empty: there is none."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.lookup_members : !contains(["allUsers", "allAuthenticatedUsers"], member)])
    error_message = "lookup_members names people and groups; the ledger is not for everybody."
  }
}

variable "notification_channels" {
  description = "Monitoring notification channels that alerts go to."
  type        = list(string)
  default     = []
}

variable "events_members" {
  description = "Who may ask for evidence that holds audit events (personal data, secrets). Empty: nobody."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.events_members : !contains(["allUsers", "allAuthenticatedUsers"], member)])
    error_message = "events_members names people and groups; audit events are not for everybody."
  }
}

variable "evidence_days" {
  description = "How many days an evidence bundle can be fetched."
  type        = number
  default     = 7

  validation {
    condition     = var.evidence_days >= 1 && var.evidence_days <= 90
    error_message = "evidence_days is 1 to 90."
  }
}

variable "ledger_lock_days" {
  description = "With ledger = gcs: how long nobody can delete what is in the ledger; made longer by the function extend."
  type        = number
  default     = 731

  validation {
    condition     = var.ledger_lock_days >= 1 && var.ledger_lock_days <= 36500
    error_message = "ledger_lock_days is 1 to 36500."
  }
}

variable "lock" {
  description = "True locks the retention of ledger and details: it can then never be shortened or removed, by anybody. False while trying."
  type        = bool
  default     = false
}

variable "reverify_at" {
  description = "When recorded objects are read again (cron, UTC); an alert expects it every week."
  type        = string
  default     = "0 9 * * 0"

  validation {
    condition     = length(split(" ", var.reverify_at)) == 5
    error_message = "reverify_at has five cron fields."
  }
}

variable "reverify_bytes" {
  description = "How many archived bytes one re-verification reads at most; they must fit its time."
  type        = number
  default     = 21474836480

  validation {
    condition     = var.reverify_bytes >= 1048576 && var.reverify_bytes <= 10995116277760
    error_message = "reverify_bytes is 1 MiB to 10 TiB."
  }
}

variable "extend_at" {
  description = "With ledger = gcs: when its retention is made longer, if it needs to be (cron, UTC)."
  type        = string
  default     = "0 10 2 * *"

  validation {
    condition     = length(split(" ", var.extend_at)) == 5
    error_message = "extend_at has five cron fields."
  }
}
