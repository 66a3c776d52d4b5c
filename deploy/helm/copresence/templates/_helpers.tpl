{{- define "copresence.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "copresence.selector" -}}
app.kubernetes.io/name: copresence
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "copresence.labels" -}}
{{ include "copresence.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "copresence.isShared" -}}
{{- if eq .Values.store "redis" -}}true{{- else if ne .Values.store "memory" -}}{{- fail "store must be memory or redis" -}}{{- end -}}
{{- end -}}

{{- define "copresence.isBehindProxy" -}}
{{- if or .Values.ingress.enabled .Values.httpRoute.enabled -}}true{{- end -}}
{{- end -}}
