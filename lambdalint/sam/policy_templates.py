"""The policy templates of AWS SAM: what each lets a function do, and on what.

Source: aws-sam-translator 1.115.0 (its policy_templates.json); described in
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html

Written by scripts/refresh_facts.py: do not edit it by hand.
"""

from __future__ import annotations

from typing import TypeAlias

Statement: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""The actions and resources of a statement that allows; resources in the notation of Fn::Sub."""

POLICY_TEMPLATES: dict[str, tuple[Statement, ...]] = {
    "AMIDescribePolicy": ((("ec2:DescribeImages",), ("*",)),),
    "AWSSecretsManagerGetSecretValuePolicy": (
        (("secretsmanager:GetSecretValue",), ("${SecretArn}",)),
    ),
    # Condition left out of statement 0: StringEquals secretsmanager:resource/AllowRotationLambdaArn
    "AWSSecretsManagerRotationPolicy": (
        (
            (
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ),
            ("arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:*",),
        ),
        (("secretsmanager:GetRandomPassword",), ("*",)),
    ),
    "AcmGetCertificatePolicy": ((("acm:GetCertificate",), ("${CertificateArn}",)),),
    "AthenaQueryPolicy": (
        (
            (
                "athena:ListWorkGroups",
                "athena:GetExecutionEngine",
                "athena:GetExecutionEngines",
                "athena:GetNamespace",
                "athena:GetCatalogs",
                "athena:GetNamespaces",
                "athena:GetTables",
                "athena:GetTable",
            ),
            ("*",),
        ),
        (
            (
                "athena:StartQueryExecution",
                "athena:GetQueryResults",
                "athena:DeleteNamedQuery",
                "athena:GetNamedQuery",
                "athena:ListQueryExecutions",
                "athena:StopQueryExecution",
                "athena:GetQueryResultsStream",
                "athena:ListNamedQueries",
                "athena:CreateNamedQuery",
                "athena:GetQueryExecution",
                "athena:BatchGetNamedQuery",
                "athena:BatchGetQueryExecution",
                "athena:GetWorkGroup",
            ),
            (
                "arn:${AWS::Partition}:athena:${AWS::Region}:${AWS::AccountId}:workgroup/${WorkGroupName}",
            ),
        ),
    ),
    "CloudFormationDescribeStacksPolicy": (
        (
            ("cloudformation:DescribeStacks",),
            ("arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/*",),
        ),
    ),
    "CloudWatchDashboardPolicy": (
        (
            (
                "cloudwatch:GetDashboard",
                "cloudwatch:ListDashboards",
                "cloudwatch:PutDashboard",
                "cloudwatch:ListMetrics",
            ),
            ("*",),
        ),
    ),
    "CloudWatchDescribeAlarmHistoryPolicy": ((("cloudwatch:DescribeAlarmHistory",), ("*",)),),
    "CloudWatchPutMetricPolicy": ((("cloudwatch:PutMetricData",), ("*",)),),
    "CodeCommitCrudPolicy": (
        (
            (
                "codecommit:GitPull",
                "codecommit:GitPush",
                "codecommit:CreateBranch",
                "codecommit:DeleteBranch",
                "codecommit:GetBranch",
                "codecommit:ListBranches",
                "codecommit:MergeBranchesByFastForward",
                "codecommit:MergeBranchesBySquash",
                "codecommit:MergeBranchesByThreeWay",
                "codecommit:UpdateDefaultBranch",
                "codecommit:BatchDescribeMergeConflicts",
                "codecommit:CreateUnreferencedMergeCommit",
                "codecommit:DescribeMergeConflicts",
                "codecommit:GetMergeCommit",
                "codecommit:GetMergeOptions",
                "codecommit:BatchGetPullRequests",
                "codecommit:CreatePullRequest",
                "codecommit:DescribePullRequestEvents",
                "codecommit:GetCommentsForPullRequest",
                "codecommit:GetCommitsFromMergeBase",
                "codecommit:GetMergeConflicts",
                "codecommit:GetPullRequest",
                "codecommit:ListPullRequests",
                "codecommit:MergePullRequestByFastForward",
                "codecommit:MergePullRequestBySquash",
                "codecommit:MergePullRequestByThreeWay",
                "codecommit:PostCommentForPullRequest",
                "codecommit:UpdatePullRequestDescription",
                "codecommit:UpdatePullRequestStatus",
                "codecommit:UpdatePullRequestTitle",
                "codecommit:DeleteFile",
                "codecommit:GetBlob",
                "codecommit:GetFile",
                "codecommit:GetFolder",
                "codecommit:PutFile",
                "codecommit:DeleteCommentContent",
                "codecommit:GetComment",
                "codecommit:GetCommentsForComparedCommit",
                "codecommit:PostCommentForComparedCommit",
                "codecommit:PostCommentReply",
                "codecommit:UpdateComment",
                "codecommit:BatchGetCommits",
                "codecommit:CreateCommit",
                "codecommit:GetCommit",
                "codecommit:GetCommitHistory",
                "codecommit:GetDifferences",
                "codecommit:GetObjectIdentifier",
                "codecommit:GetReferences",
                "codecommit:GetTree",
                "codecommit:GetRepository",
                "codecommit:UpdateRepositoryDescription",
                "codecommit:ListTagsForResource",
                "codecommit:TagResource",
                "codecommit:UntagResource",
                "codecommit:GetRepositoryTriggers",
                "codecommit:PutRepositoryTriggers",
                "codecommit:TestRepositoryTriggers",
                "codecommit:GetBranch",
                "codecommit:GetCommit",
                "codecommit:UploadArchive",
                "codecommit:GetUploadArchiveStatus",
                "codecommit:CancelUploadArchive",
            ),
            (
                "arn:${AWS::Partition}:codecommit:${AWS::Region}:${AWS::AccountId}:${RepositoryName}",
            ),
        ),
    ),
    "CodeCommitReadPolicy": (
        (
            (
                "codecommit:GitPull",
                "codecommit:GetBranch",
                "codecommit:ListBranches",
                "codecommit:BatchDescribeMergeConflicts",
                "codecommit:DescribeMergeConflicts",
                "codecommit:GetMergeCommit",
                "codecommit:GetMergeOptions",
                "codecommit:BatchGetPullRequests",
                "codecommit:DescribePullRequestEvents",
                "codecommit:GetCommentsForPullRequest",
                "codecommit:GetCommitsFromMergeBase",
                "codecommit:GetMergeConflicts",
                "codecommit:GetPullRequest",
                "codecommit:ListPullRequests",
                "codecommit:GetBlob",
                "codecommit:GetFile",
                "codecommit:GetFolder",
                "codecommit:GetComment",
                "codecommit:GetCommentsForComparedCommit",
                "codecommit:BatchGetCommits",
                "codecommit:GetCommit",
                "codecommit:GetCommitHistory",
                "codecommit:GetDifferences",
                "codecommit:GetObjectIdentifier",
                "codecommit:GetReferences",
                "codecommit:GetTree",
                "codecommit:GetRepository",
                "codecommit:ListTagsForResource",
                "codecommit:GetRepositoryTriggers",
                "codecommit:TestRepositoryTriggers",
                "codecommit:GetBranch",
                "codecommit:GetCommit",
                "codecommit:GetUploadArchiveStatus",
            ),
            (
                "arn:${AWS::Partition}:codecommit:${AWS::Region}:${AWS::AccountId}:${RepositoryName}",
            ),
        ),
    ),
    "CodePipelineLambdaExecutionPolicy": (
        (("codepipeline:PutJobSuccessResult", "codepipeline:PutJobFailureResult"), ("*",)),
    ),
    "CodePipelineReadOnlyPolicy": (
        (
            ("codepipeline:ListPipelineExecutions",),
            (
                "arn:${AWS::Partition}:codepipeline:${AWS::Region}:${AWS::AccountId}:${PipelineName}",
            ),
        ),
    ),
    "ComprehendBasicAccessPolicy": (
        (
            (
                "comprehend:BatchDetectKeyPhrases",
                "comprehend:DetectDominantLanguage",
                "comprehend:DetectEntities",
                "comprehend:BatchDetectEntities",
                "comprehend:DetectKeyPhrases",
                "comprehend:DetectSentiment",
                "comprehend:BatchDetectDominantLanguage",
                "comprehend:BatchDetectSentiment",
            ),
            ("*",),
        ),
    ),
    "CostExplorerReadOnlyPolicy": (
        (
            (
                "ce:GetCostAndUsage",
                "ce:GetDimensionValues",
                "ce:GetReservationCoverage",
                "ce:GetReservationPurchaseRecommendation",
                "ce:GetReservationUtilization",
                "ce:GetTags",
            ),
            ("*",),
        ),
    ),
    "DynamoDBBackupFullAccessPolicy": (
        (
            ("dynamodb:CreateBackup", "dynamodb:DescribeContinuousBackups"),
            ("arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}",),
        ),
        (
            ("dynamodb:DeleteBackup", "dynamodb:DescribeBackup", "dynamodb:ListBackups"),
            (
                "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}/backup/*",
            ),
        ),
    ),
    "DynamoDBCrudPolicy": (
        (
            (
                "dynamodb:GetItem",
                "dynamodb:DeleteItem",
                "dynamodb:PutItem",
                "dynamodb:Scan",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
                "dynamodb:BatchWriteItem",
                "dynamodb:BatchGetItem",
                "dynamodb:DescribeTable",
                "dynamodb:ConditionCheckItem",
            ),
            (
                "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}",
                "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}/index/*",
            ),
        ),
    ),
    "DynamoDBReadPolicy": (
        (
            (
                "dynamodb:GetItem",
                "dynamodb:Scan",
                "dynamodb:Query",
                "dynamodb:BatchGetItem",
                "dynamodb:DescribeTable",
            ),
            (
                "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}",
                "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}/index/*",
            ),
        ),
    ),
    "DynamoDBReconfigurePolicy": (
        (
            ("dynamodb:UpdateTable",),
            ("arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}",),
        ),
    ),
    "DynamoDBRestoreFromBackupPolicy": (
        (
            ("dynamodb:RestoreTableFromBackup",),
            (
                "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}/backup/*",
            ),
        ),
        (
            (
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
                "dynamodb:DeleteItem",
                "dynamodb:GetItem",
                "dynamodb:Query",
                "dynamodb:Scan",
                "dynamodb:BatchWriteItem",
            ),
            ("arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}",),
        ),
    ),
    "DynamoDBStreamReadPolicy": (
        (
            ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
            (
                "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}/stream/${StreamName}",
            ),
        ),
        (
            ("dynamodb:ListStreams",),
            (
                "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}/stream/*",
            ),
        ),
    ),
    "DynamoDBWritePolicy": (
        (
            ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"),
            (
                "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}",
                "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}/index/*",
            ),
        ),
    ),
    "EC2CopyImagePolicy": (
        (
            ("ec2:CopyImage",),
            ("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:image/${ImageId}",),
        ),
    ),
    "EC2DescribePolicy": ((("ec2:DescribeRegions", "ec2:DescribeInstances"), ("*",)),),
    # Condition left out of statement 0: StringEquals elasticfilesystem:AccessPointArn
    "EFSWriteAccessPolicy": (
        (
            ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"),
            (
                "arn:${AWS::Partition}:elasticfilesystem:${AWS::Region}:${AWS::AccountId}:file-system/${FileSystem}",
            ),
        ),
    ),
    "EKSDescribePolicy": ((("eks:DescribeCluster", "eks:ListClusters"), ("*",)),),
    "EcsRunTaskPolicy": (
        (
            ("ecs:RunTask",),
            (
                "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task-definition/${TaskDefinition}",
            ),
        ),
    ),
    "ElasticMapReduceAddJobFlowStepsPolicy": (
        (
            ("elasticmapreduce:AddJobFlowSteps",),
            (
                "arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:${AWS::AccountId}:cluster/${ClusterId}",
            ),
        ),
    ),
    "ElasticMapReduceCancelStepsPolicy": (
        (
            ("elasticmapreduce:CancelSteps",),
            (
                "arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:${AWS::AccountId}:cluster/${ClusterId}",
            ),
        ),
    ),
    "ElasticMapReduceModifyInstanceFleetPolicy": (
        (
            ("elasticmapreduce:ModifyInstanceFleet", "elasticmapreduce:ListInstanceFleets"),
            (
                "arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:${AWS::AccountId}:cluster/${ClusterId}",
            ),
        ),
    ),
    "ElasticMapReduceModifyInstanceGroupsPolicy": (
        (
            ("elasticmapreduce:ModifyInstanceGroups", "elasticmapreduce:ListInstanceGroups"),
            (
                "arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:${AWS::AccountId}:cluster/${ClusterId}",
            ),
        ),
    ),
    "ElasticMapReduceSetTerminationProtectionPolicy": (
        (
            ("elasticmapreduce:SetTerminationProtection",),
            (
                "arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:${AWS::AccountId}:cluster/${ClusterId}",
            ),
        ),
    ),
    "ElasticMapReduceTerminateJobFlowsPolicy": (
        (
            ("elasticmapreduce:TerminateJobFlows",),
            (
                "arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:${AWS::AccountId}:cluster/${ClusterId}",
            ),
        ),
    ),
    "ElasticsearchHttpPostPolicy": (
        (
            ("es:ESHttpPost", "es:ESHttpPut"),
            ("arn:${AWS::Partition}:es:${AWS::Region}:${AWS::AccountId}:domain/${DomainName}/*",),
        ),
    ),
    "EventBridgePutEventsPolicy": (
        (
            ("events:PutEvents",),
            (
                "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/${EventBusName}",
            ),
        ),
    ),
    "FilterLogEventsPolicy": (
        (
            ("logs:FilterLogEvents",),
            (
                "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${LogGroupName}:log-stream:*",
            ),
        ),
    ),
    "FirehoseCrudPolicy": (
        (
            (
                "firehose:CreateDeliveryStream",
                "firehose:DeleteDeliveryStream",
                "firehose:DescribeDeliveryStream",
                "firehose:PutRecord",
                "firehose:PutRecordBatch",
                "firehose:UpdateDestination",
            ),
            (
                "arn:${AWS::Partition}:firehose:${AWS::Region}:${AWS::AccountId}:deliverystream/${DeliveryStreamName}",
            ),
        ),
    ),
    "FirehoseWritePolicy": (
        (
            ("firehose:PutRecord", "firehose:PutRecordBatch"),
            (
                "arn:${AWS::Partition}:firehose:${AWS::Region}:${AWS::AccountId}:deliverystream/${DeliveryStreamName}",
            ),
        ),
    ),
    "KMSDecryptPolicy": (
        (
            ("kms:Decrypt",),
            ("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${KeyId}",),
        ),
    ),
    "KMSEncryptPolicy": (
        (
            ("kms:Encrypt",),
            ("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${KeyId}",),
        ),
    ),
    "KMSEncryptPolicy_v2": (
        (
            (
                "kms:Encrypt",
                "kms:GenerateDataKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:GenerateDataKeyPair",
                "kms:GenerateDataKeyPairWithoutPlaintext",
            ),
            ("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${KeyId}",),
        ),
    ),
    "KinesisCrudPolicy": (
        (
            (
                "kinesis:AddTagsToStream",
                "kinesis:CreateStream",
                "kinesis:DecreaseStreamRetentionPeriod",
                "kinesis:DeleteStream",
                "kinesis:DescribeStream",
                "kinesis:DescribeStreamSummary",
                "kinesis:GetShardIterator",
                "kinesis:IncreaseStreamRetentionPeriod",
                "kinesis:ListTagsForStream",
                "kinesis:MergeShards",
                "kinesis:PutRecord",
                "kinesis:PutRecords",
                "kinesis:SplitShard",
                "kinesis:RemoveTagsFromStream",
            ),
            (
                "arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/${StreamName}",
            ),
        ),
    ),
    "KinesisStreamReadPolicy": (
        (
            ("kinesis:ListStreams", "kinesis:DescribeLimits"),
            ("arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/*",),
        ),
        (
            (
                "kinesis:DescribeStream",
                "kinesis:DescribeStreamSummary",
                "kinesis:GetRecords",
                "kinesis:GetShardIterator",
            ),
            (
                "arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/${StreamName}",
            ),
        ),
    ),
    "LambdaInvokePolicy": (
        (
            ("lambda:InvokeFunction",),
            (
                "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${FunctionName}*",
            ),
        ),
    ),
    "MobileAnalyticsWriteOnlyAccessPolicy": ((("mobileanalytics:PutEvents",), ("*",)),),
    "OrganizationsListAccountsPolicy": ((("organizations:ListAccounts",), ("*",)),),
    "PinpointEndpointAccessPolicy": (
        (
            (
                "mobiletargeting:GetEndpoint",
                "mobiletargeting:UpdateEndpoint",
                "mobiletargeting:UpdateEndpointsBatch",
            ),
            (
                "arn:${AWS::Partition}:mobiletargeting:${AWS::Region}:${AWS::AccountId}:apps/${PinpointApplicationId}/endpoints/*",
            ),
        ),
    ),
    "PollyFullAccessPolicy": (
        (
            ("polly:GetLexicon", "polly:DeleteLexicon"),
            (
                "arn:${AWS::Partition}:polly:${AWS::Region}:${AWS::AccountId}:lexicon/${LexiconName}",
            ),
        ),
        (
            (
                "polly:DescribeVoices",
                "polly:ListLexicons",
                "polly:PutLexicon",
                "polly:SynthesizeSpeech",
            ),
            ("arn:${AWS::Partition}:polly:${AWS::Region}:${AWS::AccountId}:lexicon/*",),
        ),
    ),
    "RekognitionDetectOnlyPolicy": (
        (
            (
                "rekognition:DetectFaces",
                "rekognition:DetectLabels",
                "rekognition:DetectModerationLabels",
                "rekognition:DetectText",
            ),
            ("*",),
        ),
    ),
    "RekognitionFacesManagementPolicy": (
        (
            (
                "rekognition:IndexFaces",
                "rekognition:DeleteFaces",
                "rekognition:SearchFaces",
                "rekognition:SearchFacesByImage",
                "rekognition:ListFaces",
            ),
            (
                "arn:${AWS::Partition}:rekognition:${AWS::Region}:${AWS::AccountId}:collection/${CollectionId}",
            ),
        ),
    ),
    "RekognitionFacesPolicy": ((("rekognition:CompareFaces", "rekognition:DetectFaces"), ("*",)),),
    "RekognitionLabelsPolicy": (
        (("rekognition:DetectLabels", "rekognition:DetectModerationLabels"), ("*",)),
    ),
    "RekognitionNoDataAccessPolicy": (
        (
            (
                "rekognition:CompareFaces",
                "rekognition:DetectFaces",
                "rekognition:DetectLabels",
                "rekognition:DetectModerationLabels",
            ),
            (
                "arn:${AWS::Partition}:rekognition:${AWS::Region}:${AWS::AccountId}:collection/${CollectionId}",
            ),
        ),
    ),
    "RekognitionReadPolicy": (
        (
            (
                "rekognition:ListCollections",
                "rekognition:ListFaces",
                "rekognition:SearchFaces",
                "rekognition:SearchFacesByImage",
            ),
            (
                "arn:${AWS::Partition}:rekognition:${AWS::Region}:${AWS::AccountId}:collection/${CollectionId}",
            ),
        ),
    ),
    "RekognitionWriteOnlyAccessPolicy": (
        (
            ("rekognition:CreateCollection", "rekognition:IndexFaces"),
            (
                "arn:${AWS::Partition}:rekognition:${AWS::Region}:${AWS::AccountId}:collection/${CollectionId}",
            ),
        ),
    ),
    "Route53ChangeResourceRecordSetsPolicy": (
        (
            ("route53:ChangeResourceRecordSets",),
            ("arn:${AWS::Partition}:route53:::hostedzone/${HostedZoneId}",),
        ),
    ),
    "S3CrudPolicy": (
        (
            (
                "s3:GetObject",
                "s3:ListBucket",
                "s3:GetBucketLocation",
                "s3:GetObjectVersion",
                "s3:PutObject",
                "s3:PutObjectAcl",
                "s3:GetLifecycleConfiguration",
                "s3:PutLifecycleConfiguration",
                "s3:DeleteObject",
            ),
            (
                "arn:${AWS::Partition}:s3:::${BucketName}",
                "arn:${AWS::Partition}:s3:::${BucketName}/*",
            ),
        ),
    ),
    "S3FullAccessPolicy": (
        (
            (
                "s3:GetObject",
                "s3:GetObjectAcl",
                "s3:GetObjectVersion",
                "s3:PutObject",
                "s3:PutObjectAcl",
                "s3:DeleteObject",
                "s3:DeleteObjectTagging",
                "s3:DeleteObjectVersionTagging",
                "s3:GetObjectTagging",
                "s3:GetObjectVersionTagging",
                "s3:PutObjectTagging",
                "s3:PutObjectVersionTagging",
            ),
            ("arn:${AWS::Partition}:s3:::${BucketName}/*",),
        ),
        (
            (
                "s3:ListBucket",
                "s3:GetBucketLocation",
                "s3:GetLifecycleConfiguration",
                "s3:PutLifecycleConfiguration",
            ),
            ("arn:${AWS::Partition}:s3:::${BucketName}",),
        ),
    ),
    "S3ReadPolicy": (
        (
            (
                "s3:GetObject",
                "s3:ListBucket",
                "s3:GetBucketLocation",
                "s3:GetObjectVersion",
                "s3:GetLifecycleConfiguration",
            ),
            (
                "arn:${AWS::Partition}:s3:::${BucketName}",
                "arn:${AWS::Partition}:s3:::${BucketName}/*",
            ),
        ),
    ),
    "S3WritePolicy": (
        (
            ("s3:PutObject", "s3:PutObjectAcl", "s3:PutLifecycleConfiguration"),
            (
                "arn:${AWS::Partition}:s3:::${BucketName}",
                "arn:${AWS::Partition}:s3:::${BucketName}/*",
            ),
        ),
    ),
    "SESBulkTemplatedCrudPolicy": (
        (
            (
                "ses:GetIdentityVerificationAttributes",
                "ses:SendEmail",
                "ses:SendRawEmail",
                "ses:SendTemplatedEmail",
                "ses:SendBulkTemplatedEmail",
                "ses:VerifyEmailIdentity",
            ),
            (
                "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${IdentityName}",
            ),
        ),
    ),
    "SESBulkTemplatedCrudPolicy_v2": (
        (
            (
                "ses:SendEmail",
                "ses:SendRawEmail",
                "ses:SendTemplatedEmail",
                "ses:SendBulkTemplatedEmail",
            ),
            (
                "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${IdentityName}",
                "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:template/${TemplateName}",
            ),
        ),
        (("ses:GetIdentityVerificationAttributes", "ses:VerifyEmailIdentity"), ("*",)),
    ),
    "SESCrudPolicy": (
        (
            (
                "ses:GetIdentityVerificationAttributes",
                "ses:SendEmail",
                "ses:SendRawEmail",
                "ses:VerifyEmailIdentity",
            ),
            (
                "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${IdentityName}",
            ),
        ),
    ),
    "SESEmailTemplateCrudPolicy": (
        (
            (
                "ses:CreateTemplate",
                "ses:GetTemplate",
                "ses:ListTemplates",
                "ses:UpdateTemplate",
                "ses:DeleteTemplate",
                "ses:TestRenderTemplate",
            ),
            ("*",),
        ),
    ),
    "SESSendBouncePolicy": (
        (
            ("ses:SendBounce",),
            (
                "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${IdentityName}",
            ),
        ),
    ),
    "SNSCrudPolicy": (
        (
            (
                "sns:ListSubscriptionsByTopic",
                "sns:CreateTopic",
                "sns:SetTopicAttributes",
                "sns:Subscribe",
                "sns:Publish",
            ),
            ("arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${TopicName}*",),
        ),
    ),
    "SNSPublishMessagePolicy": (
        (
            ("sns:Publish",),
            ("arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${TopicName}",),
        ),
    ),
    "SQSPollerPolicy": (
        (
            (
                "sqs:ChangeMessageVisibility",
                "sqs:ChangeMessageVisibilityBatch",
                "sqs:DeleteMessage",
                "sqs:DeleteMessageBatch",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
            ),
            ("arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${QueueName}",),
        ),
    ),
    "SQSSendMessagePolicy": (
        (
            ("sqs:SendMessage*",),
            ("arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${QueueName}",),
        ),
    ),
    "SSMParameterReadPolicy": (
        (("ssm:DescribeParameters",), ("*",)),
        (
            ("ssm:GetParameters", "ssm:GetParameter", "ssm:GetParametersByPath"),
            (
                "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/${ParameterName}",
            ),
        ),
    ),
    "SSMParameterWithSlashPrefixReadPolicy": (
        (("ssm:DescribeParameters",), ("*",)),
        (
            ("ssm:GetParameters", "ssm:GetParameter", "ssm:GetParametersByPath"),
            (
                "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${ParameterName}",
            ),
        ),
    ),
    "SageMakerCreateEndpointConfigPolicy": (
        (
            ("sagemaker:CreateEndpointConfig",),
            (
                "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:endpoint-config/${EndpointConfigName}",
            ),
        ),
    ),
    "SageMakerCreateEndpointPolicy": (
        (
            ("sagemaker:CreateEndpoint",),
            (
                "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:endpoint/${EndpointName}",
            ),
        ),
    ),
    "ServerlessRepoReadWriteAccessPolicy": (
        (
            (
                "serverlessrepo:CreateApplication",
                "serverlessrepo:CreateApplicationVersion",
                "serverlessrepo:UpdateApplication",
                "serverlessrepo:GetApplication",
                "serverlessrepo:ListApplications",
                "serverlessrepo:ListApplicationVersions",
                "serverlessrepo:ListApplicationDependencies",
            ),
            (
                "arn:${AWS::Partition}:serverlessrepo:${AWS::Region}:${AWS::AccountId}:applications/*",
            ),
        ),
    ),
    "StepFunctionsCallbackPolicy": (
        (
            ("states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"),
            (
                "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${StateMachineName}",
            ),
        ),
    ),
    "StepFunctionsExecutionPolicy": (
        (
            ("states:StartExecution",),
            (
                "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${StateMachineName}",
            ),
        ),
    ),
    "StepFunctionsExecutionPolicy_v2": (
        (
            ("states:StartExecution", "states:StartSyncExecution"),
            (
                "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${StateMachineName}",
            ),
        ),
    ),
    "TextractDetectAnalyzePolicy": (
        (
            (
                "textract:DetectDocumentText",
                "textract:StartDocumentTextDetection",
                "textract:StartDocumentAnalysis",
                "textract:AnalyzeDocument",
            ),
            ("*",),
        ),
    ),
    "TextractGetResultPolicy": (
        (("textract:GetDocumentTextDetection", "textract:GetDocumentAnalysis"), ("*",)),
    ),
    "TextractPolicy": ((("textract:*",), ("*",)),),
    "VPCAccessPolicy": (
        (
            (
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DetachNetworkInterface",
            ),
            ("*",),
        ),
    ),
}
