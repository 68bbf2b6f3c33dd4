#include "catalogue.h"

#include <stddef.h>
#include <string.h>

#define P OFFICE_BIT(OFFICE_PETITIONS)
#define S OFFICE_BIT(OFFICE_WORK_SAFETY)
#define U OFFICE_BIT(OFFICE_PUBLIC_SECURITY)
#define G OFFICE_BIT(OFFICE_GOVERNANCE)
#define L OFFICE_BIT(OFFICE_LEADERSHIP)
#define O OFFICE_BIT(OFFICE_OPERATOR)
#define H OFFICE_BIT(OFFICE_HUB)
#define ANY (P | S | U | G | L)
#define UNIT true
#define NO_UNIT false

/* In the order of DOMAIN 4.3; the index is the kind. */
static const struct event_type types[EVENT_KIND_LIMIT] = {
    [EVENT_UNIT_REGISTERED] = {"UnitRegistered", "单位建档", O | G, UNIT, MATTER_NONE, "kind name valid_from"},
    [EVENT_UNIT_CHANGED] = {"UnitChanged", "单位变更", O | G, UNIT, MATTER_NONE, "effective"},
    [EVENT_UNIT_MERGED] = {"UnitMerged", "单位合并", O | G, UNIT, MATTER_NONE, "successor valid_to"},
    [EVENT_UNIT_SPLIT] = {"UnitSplit", "单位拆分", O | G, UNIT, MATTER_NONE, "successors valid_to"},
    [EVENT_UNIT_RETIRED] = {"UnitRetired", "单位撤销", O | G, UNIT, MATTER_NONE, "valid_to"},
    [EVENT_POLICY_ADOPTED] = {"PolicyAdopted", "规则启用", O, NO_UNIT, MATTER_NONE,
                              "version sha256 effective_from text"},
    [EVENT_CAMPAIGN_STARTED] = {"CampaignStarted", "专项行动启动", L, NO_UNIT, MATTER_NONE, "code from_day"},
    [EVENT_CAMPAIGN_CLOSED] = {"CampaignClosed", "专项行动结束", L, NO_UNIT, MATTER_NONE, "code"},
    [EVENT_ZERO_ATTESTED] = {"ZeroAttested", "零报告", P | S | U | G, UNIT, MATTER_NONE, "zero from_day to_day basis"},
    [EVENT_ATTESTATION_REVIEWED] = {"AttestationReviewed", "层层审核", P | S | U | G, NO_UNIT, MATTER_NONE,
                                    "attestation verdict"},
    [EVENT_ATTESTATION_WITHDRAWN] = {"AttestationWithdrawn", "撤回零报告", P | S | U | G, NO_UNIT, MATTER_NONE,
                                     "attestation reason_code"},

    [EVENT_PETITION_REGISTERED] = {"PetitionRegistered", "信访登记", P, UNIT, MATTER_PETITION,
                                   "type channel scale level_received order category"},
    [EVENT_PETITION_FORWARDED] = {"PetitionForwarded", "转送", P, UNIT, MATTER_PETITION, "to_office"},
    [EVENT_PETITION_ASSIGNED] = {"PetitionAssigned", "交办", P, UNIT, MATTER_PETITION, "to_office"},
    [EVENT_ASSIGNMENT_OBJECTED] = {"AssignmentObjected", "异议退回", ANY, UNIT, MATTER_PETITION, "reason_code"},
    [EVENT_PETITION_ACCEPTED] = {"PetitionAccepted", "受理", ANY, UNIT, MATTER_PETITION, "route"},
    [EVENT_PETITION_NOT_ACCEPTED] = {"PetitionNotAccepted", "不予受理", ANY, UNIT, MATTER_PETITION, "route"},
    [EVENT_PETITION_DIVERTED] = {"PetitionDiverted", "导入法定程序", ANY, UNIT, MATTER_PETITION, "procedure"},
    [EVENT_HANDLING_EXTENDED] = {"HandlingExtended", "延期", ANY, UNIT, MATTER_PETITION, "days approver_role"},
    [EVENT_OPINION_ISSUED] = {"OpinionIssued", "处理意见", ANY, UNIT, MATTER_PETITION, "result"},
    [EVENT_REVIEW_REQUESTED] = {"ReviewRequested", "申请复查复核", P, UNIT, MATTER_PETITION, "stage"},
    [EVENT_REVIEW_ISSUED] = {"ReviewIssued", "复查复核意见", ANY, UNIT, MATTER_PETITION, "stage result"},
    [EVENT_PETITION_WITHDRAWN] = {"PetitionWithdrawn", "撤回", P, UNIT, MATTER_PETITION, "declared_voluntary"},
    [EVENT_PETITION_ESCALATED] = {"PetitionEscalated", "越级集体访", P, UNIT, MATTER_PETITION, "level_reached scale"},
    [EVENT_MATTER_CLOSED] = {"MatterClosed", "办结", ANY, UNIT, MATTER_NONE, "matter_kind outcome_code"},
    [EVENT_MATTER_REOPENED] = {"MatterReopened", "重启", ANY, UNIT, MATTER_NONE, "matter_kind reason_code"},
    [EVENT_MATTER_TRANSFERRED] = {"MatterTransferred", "移交", ANY, UNIT, MATTER_NONE,
                                  "matter_kind to_office reason_code"},

    [EVENT_INSPECTION_RECORDED] = {"InspectionRecorded", "检查", S | G, UNIT, MATTER_NONE, "checklist"},
    [EVENT_SWEEP_RECORDED] = {"SweepRecorded", "滚动摸排", S | G, UNIT, MATTER_NONE, ""},
    [EVENT_HAZARD_FOUND] = {"HazardFound", "隐患登记", S | G, UNIT, MATTER_HAZARD, "hazard category grade"},
    [EVENT_HAZARD_FIXED_ON_SPOT] = {"HazardFixedOnSpot", "现场整改", S, UNIT, MATTER_HAZARD, "hazard"},
    [EVENT_RECTIFICATION_ORDERED] = {"RectificationOrdered", "限期整改", S, UNIT, MATTER_HAZARD, "hazard due_day"},
    [EVENT_HAZARD_PLACARDED] = {"HazardPlacarded", "挂牌督办", S | L, UNIT, MATTER_HAZARD, "hazard level"},
    [EVENT_RECTIFICATION_REPORTED] = {"RectificationReported", "整改完成", S, UNIT, MATTER_HAZARD, "hazard"},
    [EVENT_HAZARD_VERIFIED] = {"HazardVerified", "复查销号", S, UNIT, MATTER_HAZARD, "hazard result"},
    [EVENT_RECTIFICATION_EXTENDED] = {"RectificationExtended", "整改延期", S, UNIT, MATTER_HAZARD,
                                      "hazard new_due_day approver_role"},
    [EVENT_EXPLOSIVES_CHECK_RECORDED] = {"ExplosivesCheckRecorded", "民爆检查", U, UNIT, MATTER_NONE,
                                         "ledger_matches storage_ok"},
    [EVENT_ACCIDENT_REPORTED] = {"AccidentReported", "事故快报", S, UNIT, MATTER_ACCIDENT,
                                 "accident known_at reported_at casualties loss industry"},
    [EVENT_ACCIDENT_SUPPLEMENTED] = {"AccidentSupplemented", "补报", S, UNIT, MATTER_ACCIDENT,
                                     "accident casualties loss"},
    [EVENT_ACCIDENT_CONCLUDED] = {"AccidentConcluded", "调查结案", S, UNIT, MATTER_ACCIDENT, "accident reporting"},
    [EVENT_HAZARD_REOPENED] = {"HazardReopened", "隐患反弹", S, UNIT, MATTER_HAZARD, "hazard reason_code"},
    [EVENT_ACCIDENT_INVESTIGATION_OPENED] = {"AccidentInvestigationOpened", "事故调查", S, UNIT, MATTER_ACCIDENT,
                                             "accident level"},

    [EVENT_CASE_FILED] = {"CaseFiled", "受案立案", U, UNIT, MATTER_CASE, "case_id class category influence"},
    [EVENT_CASE_RESOLVED] = {"CaseResolved", "查处破案", U, UNIT, MATTER_CASE, "case_id how"},
    [EVENT_CASE_WITHDRAWN] = {"CaseWithdrawn", "撤案", U, UNIT, MATTER_CASE, "case_id reason_code"},
    [EVENT_ALERTS_TALLIED] = {"AlertsTallied", "警情统计", U, UNIT, MATTER_NONE, "day"},
    [EVENT_CAMERA_INTEGRATED] = {"CameraIntegrated", "监控接入", U, UNIT, MATTER_NONE, "site owner"},
    [EVENT_CAMERA_RETIRED] = {"CameraRetired", "监控退出", U, UNIT, MATTER_NONE, "site"},
    [EVENT_CASE_REOPENED] = {"CaseReopened", "案件重启", U, UNIT, MATTER_CASE, "case_id reason_code"},

    [EVENT_DISPUTE_OPENED] = {"DisputeOpened", "纠纷登记", U | G, UNIT, MATTER_DISPUTE, "category scale origin"},
    [EVENT_MEDIATION_CHANNEL_SELECTED] = {"MediationChannelSelected", "选择渠道", U | G, UNIT, MATTER_DISPUTE,
                                          "channel"},
    [EVENT_MEDIATION_EXPLAINED] = {"MediationExplained", "告知流程", U | G, UNIT, MATTER_DISPUTE, "to_all"},
    [EVENT_CONSENT_RECORDED] = {"ConsentRecorded", "同意调解", U | G | P, UNIT, MATTER_DISPUTE, "side answer"},
    [EVENT_MEDIATION_REGISTERED] = {"MediationRegistered", "调解登记", U | G | P, UNIT, MATTER_DISPUTE, ""},
    [EVENT_MEDIATION_SESSION_HELD] = {"MediationSessionHeld", "调解会", U | G, UNIT, MATTER_DISPUTE, "number"},
    [EVENT_AGREEMENT_REACHED] = {"AgreementReached", "调解成功", U | G, UNIT, MATTER_DISPUTE, "form"},
    [EVENT_MEDIATION_ENDED] = {"MediationEnded", "调解终止", U | G | P, UNIT, MATTER_DISPUTE, "reason"},
    [EVENT_AGREEMENT_PERFORMED] = {"AgreementPerformed", "协议履行", U | G, UNIT, MATTER_DISPUTE, ""},
    [EVENT_AGREEMENT_BROKEN] = {"AgreementBroken", "协议反悔", U | G, UNIT, MATTER_DISPUTE, "reason_code"},
    [EVENT_COURT_CONFIRMATION_REQUESTED] = {"CourtConfirmationRequested", "申请司法确认", G, UNIT, MATTER_DISPUTE, ""},
    [EVENT_COURT_CONFIRMATION_GRANTED] = {"CourtConfirmationGranted", "司法确认", G, UNIT, MATTER_DISPUTE, ""},
    [EVENT_COURT_CONFIRMATION_REFUSED] = {"CourtConfirmationRefused", "不予司法确认", G, UNIT, MATTER_DISPUTE,
                                          "reason_code"},
    [EVENT_COUNSELLING_GIVEN] = {"CounsellingGiven", "咨询疏导", U | G, UNIT, MATTER_DISPUTE, ""},
    [EVENT_LEGAL_AID_OFFERED] = {"LegalAidOffered", "法律援助", U | G, UNIT, MATTER_DISPUTE, ""},

    [EVENT_PATROL_TALLIED] = {"PatrolTallied", "巡逻统计", G, UNIT, MATTER_NONE, "day"},
    [EVENT_VOLUNTEER_TALLIED] = {"VolunteerTallied", "志愿者统计", G, UNIT, MATTER_NONE, "day role"},
    [EVENT_PUBLICITY_TALLIED] = {"PublicityTallied", "宣传统计", G, UNIT, MATTER_NONE, "day item"},
    [EVENT_SELF_CHECK_RECORDED] = {"SelfCheckRecorded", "八有八清自查", G, UNIT, MATTER_NONE, "answers"},
    [EVENT_GRID_REPORTED] = {"GridReported", "采集上报", G, UNIT, MATTER_SEVEN_STEPS, "category"},
    [EVENT_GRID_REGISTERED] = {"GridRegistered", "受理登记", G, UNIT, MATTER_SEVEN_STEPS, ""},
    [EVENT_GRID_DISPATCHED] = {"GridDispatched", "分流交办", G, UNIT, MATTER_SEVEN_STEPS, "to_office"},
    [EVENT_GRID_HANDLED] = {"GridHandled", "处置办理", ANY, UNIT, MATTER_SEVEN_STEPS, ""},
    [EVENT_GRID_ANSWERED] = {"GridAnswered", "结果反馈", ANY, UNIT, MATTER_SEVEN_STEPS, ""},
    [EVENT_GRID_CHECKED] = {"GridChecked", "核查", G, UNIT, MATTER_SEVEN_STEPS, ""},
    [EVENT_GRID_CLOSED] = {"GridClosed", "结案归档", G, UNIT, MATTER_SEVEN_STEPS, ""},
    [EVENT_JOINT_HANDLING_OPENED] = {"JointHandlingOpened", "联合处置", ANY, UNIT, MATTER_NONE,
                                     "matter_kind lead members"},
    [EVENT_MEMBER_JOINED] = {"MemberJoined", "成员加入", ANY, UNIT, MATTER_NONE, "matter_kind member"},
    [EVENT_JOINT_TASK_ASSIGNED] = {"JointTaskAssigned", "联合任务", ANY, UNIT, MATTER_NONE,
                                   "matter_kind task to_office due_day"},
    [EVENT_JOINT_TASK_DONE] = {"JointTaskDone", "联合任务完成", ANY, UNIT, MATTER_NONE, "matter_kind task"},
    [EVENT_JOINT_HANDLING_CLOSED] = {"JointHandlingClosed", "联合处置结束", ANY, UNIT, MATTER_NONE,
                                     "matter_kind outcome_code"},
    [EVENT_CONSULTATION_HELD] = {"ConsultationHeld", "会商", ANY, UNIT, MATTER_NONE, "matter_kind offices"},
    [EVENT_SUPERVISION_ISSUED] = {"SupervisionIssued", "督办", L | P | G | H, UNIT, MATTER_NONE,
                                  "matter_kind level to_office"},
    [EVENT_SUPERVISION_ANSWERED] = {"SupervisionAnswered", "督办回复", ANY, UNIT, MATTER_NONE,
                                    "matter_kind outcome_code"},
    [EVENT_DISCREPANCY_RAISED] = {"DiscrepancyRaised", "疑似漏报", H, UNIT, MATTER_NONE, "discrepancy rule evidence"},
    [EVENT_DISCREPANCY_RESOLVED] = {"DiscrepancyResolved", "漏报核查结果", ANY, UNIT, MATTER_NONE,
                                    "discrepancy finding"},
    [EVENT_EVALUATION_PUBLISHED] = {"EvaluationPublished", "年度评定", L, NO_UNIT, MATTER_NONE,
                                    "year policy_version position"},
    [EVENT_SUMMARY_NOTED] = {"SummaryNoted", "领导批示", L, UNIT, MATTER_NONE, "matter_kind instruction_code"},

    [EVENT_HUB_CREATED] = {"HubCreated", "中枢创建", H, NO_UNIT, MATTER_NONE, "hub"},
    [EVENT_CLOCK_SET] = {"ClockSet", "演示时钟", H, NO_UNIT, MATTER_NONE, "time"},
    [EVENT_DAY_CLOSED] = {"DayClosed", "日结", H, NO_UNIT, MATTER_NONE, "day"},
    [EVENT_PERIOD_CLOSED] = {"PeriodClosed", "期末", H, NO_UNIT, MATTER_NONE, "year"},
    [EVENT_DEADLINE_PASSED] = {"DeadlinePassed", "逾期", H, UNIT, MATTER_NONE, "matter_kind matter clock due_day"},
    [EVENT_EVENT_CORRECTED] = {"EventCorrected", "更正", ANY | O, NO_UNIT, MATTER_NONE,
                               "target reason_code replacement"},
    [EVENT_EVENT_RETRACTED] = {"EventRetracted", "撤销", ANY | O, NO_UNIT, MATTER_NONE, "target reason_code"},
    [EVENT_SEALED_NOTE_ADDED] = {"SealedNoteAdded", "密件", ANY, UNIT, MATTER_NONE,
                                 "matter_kind recipient_key ciphertext"},
    [EVENT_MATTER_KEY_DESTROYED] = {"MatterKeyDestroyed", "密钥销毁", ANY, UNIT, MATTER_NONE, "matter_kind proof"},
    [EVENT_MATTER_KEY_OFFERED] = {"MatterKeyOffered", "密钥启用", ANY, UNIT, MATTER_NONE, "matter_kind public_key"},
    [EVENT_ACCESS_GRANTED] = {"AccessGranted", "授权", H, NO_UNIT, MATTER_NONE, "entry ground"},
    [EVENT_ACCESS_REVOKED] = {"AccessRevoked", "撤销授权", H, NO_UNIT, MATTER_NONE, "identity ground"},
    [EVENT_ACCESS_PROPOSED] = {"AccessProposed", "授权提议", H, NO_UNIT, MATTER_NONE, "by"},
    [EVENT_LOG_KEY_REPLACED] = {"LogKeyReplaced", "日志签名密钥更换", H, NO_UNIT, MATTER_NONE,
                                "verifier_key by proposal"},
    [EVENT_PROPOSAL_WITHDRAWN] = {"ProposalWithdrawn", "撤回提议", H, NO_UNIT, MATTER_NONE, "proposal by"},
};

const struct event_type *catalogue_type(unsigned kind)
{
    return kind < EVENT_KIND_LIMIT && types[kind].name ? &types[kind] : NULL;
}

unsigned catalogue_kind(const char *name)
{
    for (unsigned kind = 0; kind < EVENT_KIND_LIMIT; kind++)
        if (types[kind].name && strcmp(types[kind].name, name) == 0)
            return kind;
    return 0;
}
