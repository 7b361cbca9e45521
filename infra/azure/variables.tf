variable "name" {
  description = "What everything is called after; storage accounts, vault and apps need names that nobody else has."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{2,13}$", var.name))
    error_message = "name is 3 to 14 lower case letters and digits, a letter first."
  }
}

variable "location" {
  description = "Where apps, vault and stores lie, e.g. germanywestcentral; it has Flex Consumption."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+[a-z0-9]*$", var.location))
    error_message = "location is one like germanywestcentral, without blanks."
  }
}

variable "scopes" {
  description = "What is read: at most one management group, and subscriptions, archives' and workspaces' among them."
  type        = set(string)

  validation {
    condition = length(var.scopes) > 0 && alltrue([for scope in var.scopes : can(regex(
      "^(/providers/Microsoft.Management/managementGroups/[A-Za-z0-9_().-]{1,90}|/subscriptions/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$", scope
    ))])
    error_message = "scopes holds /providers/Microsoft.Management/managementGroups/NAME or /subscriptions/ID."
  }

  validation {
    condition     = length([for scope in var.scopes : scope if startswith(scope, "/providers/")]) <= 1
    error_message = "scopes holds at most one management group: a custom role can be assigned below one only."
  }
}

variable "archive_accounts" {
  description = "Resource ids of the storage accounts that hold the exported audit logs."
  type        = set(string)

  validation {
    condition = length(var.archive_accounts) > 0 && alltrue([for id in var.archive_accounts : can(regex(
      "^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/Microsoft.Storage/storageAccounts/[a-z0-9]{3,24}$", id
    ))])
    error_message = "archive_accounts holds at least one storage account's resource id, spelled as Azure spells it."
  }
}

variable "ledger" {
  description = "blob: ledger, inbox and guard in Blob Storage, the recorder runs here. s3: they are in AWS, reached by identity."
  type        = string

  validation {
    condition     = contains(["blob", "s3"], var.ledger)
    error_message = "ledger is blob or s3."
  }
}

variable "aws_roles" {
  description = "With ledger = s3: the roles of AWS that trust our identities, one to submit and one to read."
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
    error_message = "aws_roles holds ARNs like arn:aws:iam::111122223333:role/dayseal-federated-attestor."
  }
}

variable "aws_audience" {
  description = "With ledger = s3: the id URI of the Entra application that identity tokens are made for, like api://dayseal-ledger."
  type        = string
  default     = ""

  validation {
    condition     = var.ledger != "s3" || startswith(var.aws_audience, "api://")
    error_message = "aws_audience is an application's id URI like api://dayseal-ledger; it goes with ledger = s3."
  }
}

variable "founder" {
  description = "Object id of who runs `dayseal init`: may sign with the keys and write the ledger. Null again afterwards."
  type        = string
  default     = null

  validation {
    condition     = var.founder == null || can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.founder))
    error_message = "founder is an object id."
  }
}

variable "paused" {
  description = "True stops everything that runs by itself, and leaves the ledger readable."
  type        = bool
  default     = false
}

variable "daily_at" {
  description = "When the newest frozen day is sealed (NCRONTAB, UTC); after the cutoff of the settings."
  type        = string
  default     = "0 30 6 * * *"

  validation {
    condition     = length(split(" ", var.daily_at)) == 6
    error_message = "daily_at has six fields, seconds first."
  }
}

variable "roll_call_at" {
  description = "With ledger = blob: when the roll of the newest frozen day is called (NCRONTAB, UTC); after the daily run."
  type        = string
  default     = "0 30 8 * * *"

  validation {
    condition     = length(split(" ", var.roll_call_at)) == 6
    error_message = "roll_call_at has six fields, seconds first."
  }
}

variable "reverify_at" {
  description = "When recorded objects are read again (NCRONTAB, UTC); an alert expects it every week."
  type        = string
  default     = "0 0 9 * * 0"

  validation {
    condition     = length(split(" ", var.reverify_at)) == 6
    error_message = "reverify_at has six fields, seconds first."
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

variable "run_timeout_seconds" {
  description = "How long the daily run and a re-verification may take; host.json lets no function run longer than an hour."
  type        = number
  default     = 3600

  validation {
    condition     = var.run_timeout_seconds >= 120 && var.run_timeout_seconds <= 3600
    error_message = "run_timeout_seconds is 120 to 3600."
  }
}

variable "run_memory" {
  description = "Memory of the daily run in MB: what Flex Consumption has."
  type        = number
  default     = 2048

  validation {
    condition     = contains([512, 2048, 4096], var.run_memory)
    error_message = "run_memory is 512, 2048 or 4096."
  }
}

variable "ledger_days" {
  description = "With ledger = blob: how long no version of what lies in the ledger can be deleted."
  type        = number
  default     = 3650

  validation {
    condition     = var.ledger_days >= 1 && var.ledger_days <= 146000
    error_message = "ledger_days is 1 to 146000."
  }
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

variable "lock" {
  description = "True locks both terms: they can then never be shortened or removed, by anybody. False at first: Azure locks only what was made unlocked."
  type        = bool
  default     = false
}

variable "lookup" {
  description = "Who may ask the look-up app: an Entra application for its sign-in, and object ids. Null: there is none. events_role: its app role whose holders may have evidence with audit events (personal data, secrets); null: nobody."
  type = object({
    client_id   = string
    groups      = optional(set(string), [])
    identities  = optional(set(string), [])
    events_role = optional(string)
  })
  default = null

  validation {
    condition     = var.lookup == null || length(try(var.lookup.groups, [])) + length(try(var.lookup.identities, [])) > 0
    error_message = "lookup names groups or identities: the ledger is not for everybody in the tenant."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$", try(coalesce(var.lookup.events_role), "none")))
    error_message = "lookup.events_role is the value of an app role like Evidence.Events."
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

variable "action_groups" {
  description = "Resource ids of the action groups that alerts go to."
  type        = set(string)
  default     = []
}
